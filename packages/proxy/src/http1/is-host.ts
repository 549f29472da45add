import { COLON, HEX, HOST, octetClass } from './octets.js'

const OPEN = 91
const CLOSE = 93
const PORT_DIGITS_MAX = 5
const PORT_MAX = 65_535

/** Whether these bytes are `uri-host [ ":" port ]` (RFC 9110, section 7.2), and the host is not empty. */
export function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return false
  let at = start
  if (bytes[start] === OPEN) {
    at = start + 1
    while (at < end && (bytes[at] === COLON || bytes[at] === 46 || (octetClass[bytes[at]!]! & HEX) !== 0))
      at += 1
    if (at === end || bytes[at] !== CLOSE || at === start + 1) return false
    at += 1
  } else {
    while (at < end && (octetClass[bytes[at]!]! & HOST) !== 0) at += 1
    if (at === start) return false
  }
  return at === end || (bytes[at] === COLON && isPort(bytes, at + 1, end))
}

/** An empty port is in the grammar; one that no connection can have is read as another one by who counts in 16 bits. */
function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > PORT_DIGITS_MAX) return false
  let port = 0
  for (let at = start; at < end; at++) {
    if (bytes[at]! < 48 || bytes[at]! > 57) return false
    port = port * 10 + bytes[at]! - 48
  }
  return port <= PORT_MAX
}
