import { Transform, type TransformCallback } from 'node:stream'
import { createInflate, createInflateRaw, type Inflate, type InflateRaw, type ZlibOptions } from 'node:zlib'

/** The compression method in the low half of a zlib header's first byte (RFC 1950); it cannot begin raw deflate data here. */
const ZLIB_METHOD = 8

/**
 * Inflates what is called `deflate`: with the header of zlib, as the standard has it, or without one, as some servers
 * send it. The first byte tells which.
 */
export class InflateEither extends Transform {
  readonly #options: ZlibOptions
  #inflate: Inflate | InflateRaw | undefined = undefined

  constructor(options: ZlibOptions) {
    super()
    this.#options = options
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0) return done()
    this.#inflate ??= this.#begin((chunk[0]! & 15) === ZLIB_METHOD)
    this.#inflate.write(chunk, (error) => done(error))
  }

  override _flush(done: TransformCallback): void {
    const inflate = this.#inflate
    if (inflate === undefined) return done()
    inflate.once('end', () => done())
    inflate.end()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inflate?.destroy()
    done(error)
  }

  #begin(hasHeader: boolean): Inflate | InflateRaw {
    const inflate = hasHeader ? createInflate(this.#options) : createInflateRaw(this.#options)
    inflate.on('data', (bytes: Buffer) => this.push(bytes))
    inflate.on('error', (error) => this.destroy(error))
    return inflate
  }
}
