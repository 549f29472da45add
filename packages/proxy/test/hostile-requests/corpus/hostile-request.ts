/** A request that somebody once got past a server, and what must become of it here. */
export interface HostileRequest {
  /** What is wrong with it, in words. */
  readonly name: string
  /** Its bytes, one character each. */
  readonly bytes: string
  /**
   * The statuses that a refusal may have, after which the connection closes; or `'forwarded'`, where it is well formed
   * and looks dangerous only.
   */
  readonly answer: readonly number[] | 'forwarded'
}

/** Research that a family of cases comes from, for who wants to read on. */
export interface Family {
  readonly name: string
  readonly source: string
  readonly requests: readonly HostileRequest[]
}

/** What no upstream must ever see: the request that hides in another one's body. */
export const HIDDEN_PATH = '/hidden'
export const HIDDEN: string = `GET ${HIDDEN_PATH} HTTP/1.1\r\nHost: a.example\r\n\r\n`

/** Refused as malformed. */
export const BAD: readonly number[] = [400]
/** Refused as malformed, or as a coding that nobody here speaks (RFC 9112, section 6.1). */
export const BAD_CODING: readonly number[] = [400, 501]

/** A GET with these header lines. */
export function get(...lines: readonly string[]): string {
  return ['GET / HTTP/1.1', 'Host: a.example', ...lines, '', ''].join('\r\n')
}

/** A POST with these header lines, and what follows them. */
export function post(lines: readonly string[], body: string): string {
  return ['POST / HTTP/1.1', 'Host: a.example', ...lines, '', body].join('\r\n')
}

/** A chunked POST with this body, chunk by chunk as it is written. */
export function chunked(body: string): string {
  return post(['Transfer-Encoding: chunked'], body)
}
