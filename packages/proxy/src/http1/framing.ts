import type { HeaderBlock } from './header-block.js'
import { knownHeaders } from './header-names.js'
import { type MessageRefusal, refusals } from './message-refusal.js'

/** The length of a body: bytes, or one of these. */
export const CHUNKED = -1
export const UNTIL_CLOSE = -2
/** The headers say nothing of a body. */
export const UNFRAMED = -3

/** Up to 10^15 - 1, which a number holds exactly. */
const DIGITS_MAX = 15

/**
 * How the headers of a message frame its body (RFC 9112, section 6.3): its length, `CHUNKED`, `UNFRAMED`, or why they
 * are refused. Whatever two parsers could read in two ways is refused, for that is what request smuggling is made of:
 * both headers, either of them twice, a coding before or beside `chunked`, a list of lengths.
 */
export function framingOf(block: HeaderBlock, minorVersion: number): number | MessageRefusal {
  const length = block.indexOf(knownHeaders['content-length'])
  const encoding = block.indexOf(knownHeaders['transfer-encoding'])
  if (encoding < 0) return length < 0 ? UNFRAMED : lengthOf(block, length)
  if (length >= 0) return refusals.lengthAndEncoding
  if (minorVersion === 0) return refusals.encodingBefore11
  if (block.indexOf(knownHeaders['transfer-encoding'], encoding + 1) >= 0) return refusals.encoding
  return block.valueIs(encoding, 'chunked') ? CHUNKED : refusals.encoding
}

function lengthOf(block: HeaderBlock, index: number): number | MessageRefusal {
  if (block.indexOf(knownHeaders['content-length'], index + 1) >= 0) return refusals.length
  const start = block.valueStart(index)
  const end = block.valueEnd(index)
  if (end === start || end - start > DIGITS_MAX) return refusals.length
  let length = 0
  for (let at = start; at < end; at++) {
    const digit = block.bytes[at]! - 48
    if (digit < 0 || digit > 9) return refusals.length
    length = length * 10 + digit
  }
  return length
}
