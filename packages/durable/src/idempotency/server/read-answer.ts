import type { KeptAnswer } from '../answer/kept-answer.js'
import { OF_THE_MOMENT } from './headers-of.js'

const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** A body that was read to its end, or all of one that is too long, as a stream. */
export type AnswerReading =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Uint8Array> }

export function responseOf({ status, headers, body }: KeptAnswer): Response {
  const list = headers.flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  )
  const bytes = WITHOUT_BODY.has(status) ? null : new Uint8Array(body ?? [])
  return new Response(bytes, { status, headers: list })
}

export function fetchHeadersOf(headers: Headers): KeptAnswer['headers'] {
  const cookies = headers.getSetCookie()
  const single = [...headers].filter(([name]) => name !== 'set-cookie' && !OF_THE_MOMENT.has(name))
  return cookies.length === 0 ? single : [...single, ['set-cookie', cookies]]
}

/** Reads the body of a response as long as it is no longer than that, and is no event stream. */
export async function readAnswer(response: Response, bytesMax: number): Promise<AnswerReading> {
  const { body, headers } = response
  if (body === null) return { kind: 'bytes', bytes: new Uint8Array() }
  if (headers.get('content-type')?.startsWith('text/event-stream') === true)
    return { kind: 'stream', stream: body }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { kind: 'bytes', bytes: Buffer.concat(chunks) }
    chunks.push(value)
    bytes += value.length
    if (bytes > bytesMax) return { kind: 'stream', stream: resumed(chunks, reader) }
  }
}

function resumed(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
    },
    pull: async (controller) => {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
