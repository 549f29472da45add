import { describe, expect, it } from 'vitest'
import { type BodySource, IncomingBody } from './incoming-body.js'

class Feed implements BodySource {
  readonly body: IncomingBody = new IncomingBody(this)
  bodyBytesMax: number = 1_000_000
  resumed: number = 0
  cancelled: Error | undefined = undefined

  resume(): void {
    this.resumed += 1
  }

  cancel(reason: Error): void {
    this.cancelled = reason
    this.body.fail(reason)
  }

  bytesLeft: number | undefined = undefined
  hurried: boolean = false

  hurry(): void {
    this.hurried = true
  }

  tooLarge(bytesMax: number): Error {
    return new Error(`more than ${bytesMax}`)
  }
}

const kilobytes = (count: number): Buffer => Buffer.alloc(count * 1_024, 'x')

describe('before anybody reads', () => {
  it('takes 64 KiB and then asks to wait', () => {
    const { body } = new Feed()
    expect([body.push(kilobytes(60)), body.push(kilobytes(5)), body.paused]).toEqual([true, false, true])
  })

  it('hands over what is there in whole', () => {
    const { body } = new Feed()
    expect(body.whole).toBeUndefined()
    body.push(Buffer.from('he'))
    body.push(Buffer.from('llo'))
    body.end()
    expect(body.whole?.toString()).toBe('hello')
  })
})

describe('reading at once', () => {
  it('goes on with a body that waited', async () => {
    const feed = new Feed()
    feed.body.push(kilobytes(70))
    const whole = feed.body.collect()
    expect(feed.resumed).toBe(1)
    expect(feed.body.push(kilobytes(70))).toBe(true)
    feed.body.end()
    expect((await whole).length).toBe(140 * 1_024)
  })

  it('ends a body that is too large, as early as that is known', async () => {
    for (const early of [true, false]) {
      const feed = new Feed()
      feed.bodyBytesMax = 1_500
      if (early) feed.body.push(kilobytes(2))
      const whole = feed.body.collect()
      if (!early) feed.body.push(kilobytes(2))
      await expect(whole).rejects.toThrow('more than 1500')
      expect(feed.cancelled?.message).toBe('more than 1500')
    }
  })

  it('fails with the body, whenever that fails', async () => {
    const late = new Feed()
    const whole = late.body.collect()
    late.body.fail(new Error('reset'))
    await expect(whole).rejects.toThrow('reset')
    await expect(late.body.collect()).rejects.toThrow('reset')
  })
})

describe('reading as it comes', () => {
  it('passes on what is there, and what follows', async () => {
    const feed = new Feed()
    feed.body.push(Buffer.from('a'))
    const reader = feed.body.stream().getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('a')
    feed.body.push(Buffer.from('b'))
    feed.body.end()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('b')
    expect((await reader.read()).done).toBe(true)
  })

  it('asks to wait while its reader does', async () => {
    const feed = new Feed()
    const reader = feed.body.stream().getReader()
    expect(feed.body.push(kilobytes(100))).toBe(false)
    await reader.read()
    const more = reader.read()
    await expect.poll(() => feed.resumed).toBeGreaterThan(0)
    feed.body.end()
    expect((await more).done).toBe(true)
  })

  it('fails a reader with the body', async () => {
    const feed = new Feed()
    const read = feed.body.stream().getReader().read()
    feed.body.fail(new Error('reset'))
    await expect(read).rejects.toThrow('reset')
    const late = new Feed()
    late.body.fail(new Error('reset'))
    await expect(late.body.stream().getReader().read()).rejects.toThrow('reset')
  })
})

describe('thrown away', () => {
  it('is read on, for a moment, when it says that little is left', () => {
    const feed = new Feed()
    feed.bytesLeft = 65_536
    feed.body.push(kilobytes(70))
    feed.body.discard()
    expect([feed.resumed, feed.hurried, feed.body.push(kilobytes(30))]).toEqual([1, true, true])
    expect(feed.cancelled).toBeUndefined()
  })

  it.each([undefined, 65_537])('ends at once when it says that %s bytes are left', (left) => {
    const feed = new Feed()
    feed.bytesLeft = left
    feed.body.discard()
    expect(feed.cancelled).toBeInstanceOf(Error)
  })
})
