import { latin1Text } from './latin1-text.js'
import { isHost } from './is-host.js'
import { HEX, octetClass } from './octets.js'

const SLASH = 47
const QUESTION = 63
const PERCENT = 37
const STAR = 42

/** `/path?query`, `http://host/path`, `host:port`, `*` (RFC 9112, section 3.2). */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk'

/**
 * The form of a target whose bytes are those of a target, or undefined where its method does not allow it: only
 * CONNECT names an authority alone, and only OPTIONS may ask for `*`. Every `%` of a path is followed by two digits.
 */
export function targetForm(
  method: string,
  bytes: Buffer,
  start: number,
  end: number,
): TargetForm | undefined {
  if (method === 'CONNECT') return isAuthority(bytes, start, end) ? 'authority' : undefined
  if (bytes[start] === SLASH) return isPath(bytes, start, end) ? 'origin' : undefined
  if (bytes[start] === STAR) return end - start === 1 && method === 'OPTIONS' ? 'asterisk' : undefined
  const authority = authorityOf(bytes, start, end)
  if (authority === undefined || !isHost(bytes, authority[0], authority[1])) return undefined
  return isPath(bytes, authority[1], end) ? 'absolute' : undefined
}

/** Where the authority of `http://authority/path` begins and ends. */
export function authorityOf(
  bytes: Buffer,
  start: number,
  end: number,
): readonly [start: number, end: number] | undefined {
  const scheme = /^https?:\/\//i.exec(latin1Text(bytes, start, Math.min(end, start + 8)))?.[0]
  if (scheme === undefined) return undefined
  const first = start + scheme.length
  let last = first
  while (last < end && bytes[last] !== SLASH && bytes[last] !== QUESTION) last += 1
  return [first, last]
}

/** CONNECT has to name a port. */
function isAuthority(bytes: Buffer, start: number, end: number): boolean {
  return isHost(bytes, start, end) && /:\d+$/.test(latin1Text(bytes, start, end))
}

/** What browsers send raw in a query they encode in a path, but for the bar and the brackets: all of them may stand. */
function isPath(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === QUESTION) return true
    if (bytes[at] !== PERCENT) continue
    if (at + 2 >= end) return false
    if ((octetClass[bytes[at + 1]!]! & octetClass[bytes[at + 2]!]! & HEX) === 0) return false
  }
  return true
}
