import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplayableStream } from './replayable-stream.js'

/** A source that tells how often it was asked and whether it was let go. */
class Source implements AsyncIterable<string>, AsyncIterator<string> {
  asked: number = 0
  closed: boolean = false
  readonly #parts: readonly string[]

  constructor(...parts: readonly string[]) {
    this.#parts = parts
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return this
  }

  async next(): Promise<IteratorResult<string>> {
    const value = this.#parts[this.asked]
    this.asked += 1
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  async return(): Promise<IteratorResult<string>> {
    this.closed = true
    return { done: true, value: undefined }
  }
}

async function read(stream: AsyncIterable<unknown>, most = Infinity): Promise<string> {
  let text = ''
  let parts = 0
  for await (const part of stream) {
    text += String(part)
    parts += 1
    if (parts >= most) break
  }
  return text
}

describe('a stream that is sent again', () => {
  it('is the same each time, and read from its source once', async () => {
    const source = new Source('a', 'b', 'c')
    const stream = new ReplayableStream(source, 10)
    expect([await read(stream.open()), await read(stream.open())]).toEqual(['abc', 'abc'])
    expect(source.asked).toBeLessThanOrEqual(5)
  })

  it('goes on where an attempt stopped half-way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 8 }),
        fc.array(fc.nat(8), { maxLength: 4 }),
        async (parts, stops) => {
          const stream = new ReplayableStream(new Source(...parts), 1_000)
          for (const stop of stops) await read(stream.open(), stop + 1)
          expect(await read(stream.open())).toBe(parts.join(''))
        },
      ),
    )
  })

  it('cannot be, past its limit', async () => {
    const stream = new ReplayableStream(new Source('abc', 'def'), 5)
    expect(stream.replayable).toBe(true)
    expect(await read(stream.open())).toBe('abcdef')
    expect(stream.replayable).toBe(false)
    expect(() => stream.open()).toThrow(/too much of it has been read/)
  })

  it('gives an attempt what its forerunner was waiting for', async () => {
    let give = (_result: IteratorResult<string>): void => undefined
    const source: AsyncIterator<string> = {
      next: () => new Promise((resolve) => (give = resolve)),
    }
    const stream = new ReplayableStream({ [Symbol.asyncIterator]: () => source }, 10)
    const first = read(stream.open())
    first.catch(() => undefined)
    await nextTurn()
    const second = read(stream.open())
    await nextTurn()
    give({ done: false, value: 'only' })
    await nextTurn()
    give({ done: true, value: undefined })
    await expect(first).rejects.toThrow('another attempt')
    expect(await second).toBe('only')
  })

  it('lets its source go when no attempt follows', async () => {
    const source = new Source('a', 'b')
    const stream = new ReplayableStream(source, 10)
    await read(stream.open(), 1)
    stream.close()
    stream.close()
    expect(source.closed).toBe(true)
  })
})
