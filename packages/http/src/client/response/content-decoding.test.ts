import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptedEncodings, ContentDecoding, readCodings } from './content-decoding.js'

/** What comes out, given these parts. */
function decoded(codings: readonly string[], parts: readonly Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const decoding = new ContentDecoding(
      codings,
      {
        push: (chunk) => {
          chunks.push(chunk)
          return true
        },
        end: () => resolve(Buffer.concat(chunks)),
        fail: reject,
      },
      () => {},
    )
    for (const part of parts) decoding.write(Buffer.from(part))
    decoding.end()
  })
}

const text = Buffer.from('hello world '.repeat(1_000))
const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib
/** Since Node 22.15. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: (body: Uint8Array) => Buffer }
const encoders = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
} as const
type Coding = keyof typeof encoders

describe('content decoding', () => {
  it('decodes zstd where the platform does, and asks for it nowhere else', async () => {
    expect(acceptedEncodings.includes('zstd')).toBe(zstdCompressSync !== undefined)
    if (zstdCompressSync !== undefined)
      expect(await decoded(['zstd'], [zstdCompressSync(text)])).toEqual(text)
  })

  it.each(Object.keys(encoders) as Coding[])('decodes %s', async (coding) => {
    expect(await decoded([coding], [encoders[coding](text)])).toEqual(text)
  })

  it('decodes deflate without the header of zlib, as some servers send it', async () => {
    expect(await decoded(['deflate'], [deflateRawSync(text)])).toEqual(text)
  })

  it('gives the same bytes however the body is cut, and whatever it was encoded with in turn', async () => {
    const coding = fc.constantFrom<Coding>('gzip', 'deflate', 'br', 'x-gzip')
    await fc.assert(
      fc.asyncProperty(
        fc.array(coding, { minLength: 1, maxLength: 3 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        async (codings, bytes, cuts) => {
          const whole = codings.reduce<Uint8Array>((body, name) => encoders[name](body), bytes)
          const at = [
            0,
            ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b),
            whole.length,
          ]
          const parts = at.slice(1).map((end, index) => whole.slice(at[index], end))
          expect(Buffer.compare(await decoded(codings, parts), bytes)).toBe(0)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('hands on what came of a body that its server ended too early', async () => {
    const cut = gzipSync(text)
    expect(await decoded(['gzip'], [cut.subarray(0, -4)])).toEqual(text)
  })

  it('fails for what is not encoded as announced', async () => {
    await expect(decoded(['gzip'], [text])).rejects.toThrow('incorrect header check')
  })

  it('ends a body that is empty', async () => {
    expect(await decoded(['deflate'], [])).toEqual(Buffer.alloc(0))
    expect(await decoded(['gzip'], [])).toEqual(Buffer.alloc(0))
  })

  it('asks for no more while its reader is behind, and for more once it has caught up', async () => {
    let wants = false
    let got = 0
    const drained = new Promise<void>((resolve) => {
      const decoding = new ContentDecoding(
        ['gzip'],
        {
          push: (chunk) => {
            got += chunk.length
            return wants
          },
          end: () => {},
          fail: () => {},
        },
        resolve,
      )
      const encoded = gzipSync(Buffer.alloc(4_000_000, 'x'), { level: 0 })
      expect(decoding.write(encoded)).toBe(false)
      setImmediate(() => {
        expect(got).toBeLessThan(1_000_000)
        wants = true
        decoding.resume()
      })
    })
    await drained
    expect(got).toBeGreaterThan(1_000_000)
  })
})

describe('readCodings', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', ['gzip']],
    ['GZip , br', ['gzip', 'br']],
    ['identity', undefined],
    ['gzip, unheard-of', undefined],
  ])('of %j: %j', (header, codings) => {
    expect(readCodings(header)).toEqual(codings)
  })

  it('refuses a chain that only an attack would send', () => {
    expect(readCodings('gzip,gzip,gzip,gzip,gzip')).toHaveLength(5)
    expect(() => readCodings('gzip,'.repeat(1_000))).toThrow('at most 5 codings')
  })

  it('knows what is asked for', () => {
    expect(readCodings(acceptedEncodings)).toEqual(acceptedEncodings.split(', '))
  })
})
