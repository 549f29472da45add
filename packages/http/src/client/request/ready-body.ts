import { nextTurn } from '../../runtime/next-turn.js'

type Bytes = Uint8Array | AsyncIterable<Uint8Array>

/** Turns of the event loop in which nothing comes, before a body counts as one that is still being made. */
const TURNS = 3

/**
 * Reads the body of a platform `Request`, which hides what it was made from. What comes without waiting for anything
 * was in memory: it has a length and can be sent again. Whatever is not there by then is sent as the stream that it is.
 *
 * @param bytesMax how much is read ahead at most, in case the stream only looks like a body in memory
 */
export async function readyBody(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Bytes> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let byteLength = 0
  for (;;) {
    const reading = reader.read()
    const result = await withinTurns(reading)
    if (result === undefined) return rest(chunks, reading, reader)
    if (result.done) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    chunks.push(result.value)
    byteLength += result.value.length
    if (byteLength > bytesMax) return rest(chunks, reader.read(), reader)
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Reading = ReturnType<Reader['read']>

/** What a promise comes to, unless it takes longer than a few turns. */
async function withinTurns<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const result = await Promise.race([promise, nextTurn()])
    if (result !== undefined) return result
  }
  return undefined
}

/** All of the stream: what was read ahead, what is being read, and what follows. */
async function* rest(
  chunks: readonly Uint8Array[],
  reading: Reading,
  reader: Reader,
): AsyncGenerator<Uint8Array> {
  let isRead = false
  try {
    yield* chunks
    for (let next = await reading; !next.done; next = await reader.read()) yield next.value
    isRead = true
  } finally {
    if (!isRead) void reader.cancel().catch(() => {})
  }
}
