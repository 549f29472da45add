import { ByteWindow } from './byte-window.js'
import type { HeaderBlock } from './header-block.js'
import { HeaderLines } from './header-lines.js'
import type { HeaderNames } from './header-names.js'
import type { Http1Limits } from './http1-limits.js'
import { refusals } from './message-refusal.js'
import { DONE } from './progress.js'

/** Reads lines that came in another way, such as the trailers of HTTP/2, by the same grammar. Undefined if they break it. */
export function readHeaderBlock(
  lines: string,
  names: HeaderNames,
  limits: Http1Limits,
): HeaderBlock | undefined {
  const { headersMax, trailerBytesMax } = limits
  const window = new ByteWindow()
  const reader = new HeaderLines(names, { headersMax, tooLarge: refusals.trailersTooLarge })
  const bytes = Buffer.from(`${lines}\r\n`, 'latin1')
  window.feed(bytes, bytes.length)
  reader.begin(trailerBytesMax)
  return reader.read(window) === DONE ? reader.block : undefined
}
