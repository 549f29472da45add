import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { markdownBlocks } from '../markdown-blocks.js'
import { root } from '../sources.js'

const run = promisify(execFile)

/**
 * Does what the command's README says, word for word, from an empty folder to a resilient call, and resolves to what its
 * last line prints. Only the name of the empty folder is another one.
 */
export async function followReadme(): Promise<string> {
  const readme = readFileSync(join(root, 'packages/cli/README.md'), 'utf8')
  const [, section = ''] = /^## From an empty folder[^\n]*\n([^]*?)^## /m.exec(readme) ?? []
  const blocks = markdownBlocks(section)
  const shop = mkdtempSync(join(tmpdir(), 'watertight-shop-'))
  const codeOf = (language: string): string =>
    blocks
      .filter((block) => block.language === language)
      .map(({ code }) => code)
      .join('\n')
      .replaceAll('../shop', shop)
  try {
    await run('bash', ['-ec', codeOf('sh')], { cwd: root })
    for (const { file, code } of blocks) if (file !== undefined) writeFileSync(join(shop, file), code)
    const last = /^\$ (.*)$/m.exec(codeOf('console'))?.[1] ?? ''
    const { stdout } = await run('bash', ['-mc', last], { cwd: shop })
    return stdout
  } finally {
    rmSync(shop, { recursive: true, force: true })
  }
}
