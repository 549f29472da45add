import type { ServerResponse } from 'node:http'
import type { KeptAnswer } from '../answer/kept-answer.js'

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304])

/** Sends the answer, byte for byte the same each time. */
export function writeKeptAnswer(response: ServerResponse, { status, headers, body }: KeptAnswer): void {
  if (response.headersSent || response.destroyed) return
  for (const [name, value] of headers) response.setHeader(name, value)
  if (!WITHOUT_BODY.has(status)) response.setHeader('content-length', body?.byteLength ?? 0)
  response.writeHead(status)
  response.end(body)
}
