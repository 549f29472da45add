import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { Problem } from './problem.js'

/** Reads a JSON body of at most `bytesMax` bytes; an empty body is `undefined`. */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const tooLarge = new Problem(413, 'body-too-large', `the body must be at most ${bytesMax} bytes`)
  const chunks: Buffer[] = []
  let bytes = 0
  // What is beyond the limit is read and dropped, so that the client gets to read the answer; how long that may
  // take is the server's request timeout.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= bytesMax) chunks.push(chunk)
  }
  if (bytes > bytesMax) throw tooLarge
  if (bytes === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new Problem(400, 'invalid-json', 'the body must be JSON')
  }
}

/** Checks `value` against a schema; what does not fit is a 400 that names the first wrong field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue === undefined ? [] : [...issue.path]
  if (issue?.code === 'unrecognized_keys' && issue.keys[0] !== undefined) path.push(issue.keys[0])
  const field = path.length === 0 ? 'body' : fieldName(path)
  throw new Problem(400, 'invalid-request', `${field}: ${issue?.message ?? 'is wrong'}`, { field })
}

function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}
