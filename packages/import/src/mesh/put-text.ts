import { refuse } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import type { Block } from '../writing/block.js'
import { quoted } from '../writing/quoted.js'

/** A text as it is, where a manifest allows it; otherwise what must stand there is said. */
export function putText(
  block: Block,
  key: string,
  setting: Setting | undefined,
  allowed: RegExp,
  must: string,
): Block {
  if (setting === undefined) return block
  if (allowed.test(setting.text))
    return block.from(key, quoted(setting.text).replace(/^"(\d+)"$/, '$1'), setting.use())
  refuse(setting, must)
  return block
}
