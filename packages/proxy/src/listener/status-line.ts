import { STATUS_CODES } from 'node:http'

const lines: string[] = []

/** `HTTP/1.1 200 OK` and its CR LF. The phrase is the usual one: no program reads it, and HTTP/2 has none. */
export function statusLine(status: number): string {
  return (lines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`)
}
