import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { InflateEither } from './inflate-either.js'

/** Where decoded bytes go: the body that is read. */
export interface DecodedSink {
  /** Answers whether more is wanted now. */
  push(chunk: Buffer): boolean
  end(): void
  fail(error: Error): void
}

/** Zstandard is part of Node from 22.15 on; the types here are those of the oldest Node. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }

/** What a request says that its answer may be encoded with. */
export const acceptedEncodings: string =
  createZstdDecompress === undefined ? 'gzip, deflate, br' : 'gzip, deflate, br, zstd'

/** Codings inside one another: more of them are an attack and no answer. */
const codingsMax = 5

/** What a server ends too early is decoded as far as it came, as browsers and curl do. */
const tolerant = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }
const tolerantBrotli = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
}

const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => zlib.createGunzip(tolerant)],
  ['x-gzip', () => zlib.createGunzip(tolerant)],
  ['deflate', () => new InflateEither(tolerant)],
  ['br', () => zlib.createBrotliDecompress(tolerantBrotli)],
  ...(createZstdDecompress === undefined ? [] : [['zstd', createZstdDecompress] as const]),
])

/**
 * How to decode a body, from its `content-encoding`: undefined when it is as it is, or in a coding that nobody here
 * knows, which the caller then gets as it came.
 *
 * @throws {RangeError} for more codings than any server has use for
 */
export function readCodings(contentEncoding: string | undefined): readonly string[] | undefined {
  if (contentEncoding === undefined || contentEncoding === '') return undefined
  const codings = contentEncoding.toLowerCase().split(',', codingsMax + 1)
  if (codings.length > codingsMax) {
    throw new RangeError(`content-encoding must name at most ${codingsMax} codings, got more`)
  }
  const known = codings.map((coding) => coding.trim())
  return known.every((coding) => decoders.has(coding)) ? known : undefined
}

/**
 * Decodes a body on its way from the connection to its reader, one part at a time: a slow reader slows the connection
 * down, and what is decoded counts towards the reader's limit, not what was sent.
 */
export class ContentDecoding {
  readonly #stages: readonly Transform[]

  /** `codings` as they were applied; `onDrain` asks for more after `write` has answered `false`. */
  constructor(codings: readonly string[], sink: DecodedSink, onDrain: () => void) {
    const stages = codings.toReversed().map((coding) => decoders.get(coding)!())
    const last = stages.at(-1)!
    this.#stages = stages
    this.#first.on('drain', onDrain)
    last.on('data', (chunk: Buffer) => {
      if (!sink.push(chunk)) last.pause()
    })
    for (const [index, stage] of stages.entries()) {
      stage.on('error', (error) => {
        this.destroy()
        sink.fail(error)
      })
      if (index > 0) stages[index - 1]!.pipe(stage)
    }
    last.on('end', () => sink.end())
  }

  /** Takes a part; answers whether more is wanted now. */
  write(chunk: Buffer): boolean {
    return this.#first.write(chunk)
  }

  /** The encoded body has come whole. */
  end(): void {
    this.#first.end()
  }

  /** The reader wants more. */
  resume(): void {
    this.#stages.at(-1)!.resume()
  }

  /** Nobody reads on, or nothing more comes. */
  destroy(): void {
    for (const stage of this.#stages) stage.destroy()
  }

  get #first(): Transform {
    return this.#stages[0]!
  }
}
