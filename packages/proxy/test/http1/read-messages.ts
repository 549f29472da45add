import { deepStrictEqual } from 'node:assert/strict'
import {
  DATA,
  END,
  HEAD,
  type HeaderBlock,
  HeaderNames,
  type Http1Limits,
  http1LimitDefaults,
  NEEDS_MORE,
  RequestReader,
  ResponseReader,
} from '../../src/http1/index.js'

/** One message as it was read, and where it ended in the bytes. */
export interface ReadMessage {
  readonly start: string
  readonly headers: readonly string[]
  body: string
  trailers: readonly string[]
  /** Bytes from the beginning of all input to the end of the message; undefined when it has not ended. */
  endsAt: number | undefined
}

export interface Reading {
  readonly messages: readonly ReadMessage[]
  /** The code of the refusal, if what follows the messages is refused. */
  readonly refusal: string | undefined
}

export interface ReadOptions {
  readonly limits?: Partial<Http1Limits>
  /** For responses: what each of them answers. Default GET. */
  readonly methods?: readonly string[]
  readonly upgrade?: boolean
}

const names = new HeaderNames()
const NOTHING_DROPPED = new Uint8Array(256)

/** Reads all requests in these chunks, as one connection would: the entry for tables, corpora and fuzzing. */
export function readRequests(chunks: readonly Buffer[], { limits }: ReadOptions = {}): Reading {
  const reader = new RequestReader(names, { ...http1LimitDefaults, ...limits })
  return read(
    chunks,
    reader,
    () => `${reader.head.method} ${reader.head.target} 1.${reader.head.minorVersion}`,
  )
}

/** Reads all responses in these chunks. */
export function readResponses(
  chunks: readonly Buffer[],
  { limits, methods = [], upgrade = false }: ReadOptions = {},
): Reading {
  const reader = new ResponseReader(names, { ...http1LimitDefaults, ...limits })
  let answered = 0
  reader.expect(methods[0] ?? 'GET', upgrade)
  return read(
    chunks,
    reader,
    () => {
      if (!reader.head.informational) answered += 1
      return `${reader.head.status} 1.${reader.head.minorVersion}`
    },
    () => reader.expect(methods[answered] ?? 'GET', upgrade),
  )
}

/** The input cut at these offsets. */
export function splitAt(input: Buffer, offsets: readonly number[]): Buffer[] {
  const cuts = [0, ...offsets.filter((at) => at > 0 && at < input.length).sort((a, b) => a - b), input.length]
  return cuts.slice(1).map((end, index) => Buffer.from(input.subarray(cuts[index], end)))
}

function read(
  chunks: readonly Buffer[],
  reader: RequestReader | ResponseReader,
  start: () => string,
  ended?: () => void,
): Reading {
  const messages: ReadMessage[] = []
  let fed = 0
  for (const chunk of chunks) {
    fed += chunk.length
    reader.feed(chunk)
    for (;;) {
      const event = reader.next()
      const current = messages.at(-1)
      if (event === NEEDS_MORE) break
      if (event === HEAD) {
        messages.push({
          start: start(),
          headers: lines(reader.head.headers),
          body: '',
          trailers: [],
          endsAt: undefined,
        })
      } else if (event === DATA) {
        current!.body += reader.bytes.toString('latin1', reader.dataStart, reader.dataEnd)
      } else if (event === END) {
        current!.endsAt = fed - reader.unread
        if (reader.trailers !== undefined) current!.trailers = lines(reader.trailers)
        ended?.()
      } else return { messages, refusal: reader.refusal.code }
    }
    reader.keepRest()
    // A chunk may be used for something else as soon as it has been read.
    if (chunks.length > 1) chunk.fill(0)
  }
  return { messages, refusal: undefined }
}

/** The headers of a block; what is passed on of it must be the very same. */
export function lines(block: HeaderBlock): string[] {
  const headers = Array.from(
    { length: block.count },
    (_, index) => `${block.nameText(index)}: ${block.valueText(index)}`,
  )
  const kept = block.keptText(NOTHING_DROPPED).split('\r\n')
  const passedOn = kept.slice(0, -1).map((line) => {
    const colon = line.indexOf(':')
    return `${line.slice(0, colon).toLowerCase()}: ${line.slice(colon + 1).replaceAll(/^[\t ]+|[\t ]+$/g, '')}`
  })
  deepStrictEqual([...passedOn, kept.at(-1)], [...headers, ''])
  return headers
}
