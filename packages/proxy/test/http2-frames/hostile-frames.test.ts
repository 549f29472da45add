import { describe, expect, it } from 'vitest'
import { errorCodes, frameTypes } from '../../src/frames/frame-types.js'
import { pingFrame, resetFrame, settingsFrame, windowUpdateFrame } from '../../src/frames/frame-head.js'
import { Scene } from '../stories/scene.js'
import { data, frame, FrameCaller, GET, headers, packed, POST } from './frame-caller.js'

const scene = new Scene()
const NEVER = 2 ** 31 - 1

/** A caller of a gateway whose service never answers. */
async function callerOfSilence(): Promise<FrameCaller> {
  const service = await scene.service(() => undefined)
  return new FrameCaller((await scene.gateway(service.port)).port)
}

const { protocolError, flowControlError, streamClosed, compressionError, enhanceYourCalm, refusedStream } =
  errorCodes
const codeOf = new Map<number | undefined, string>(
  Object.entries(errorCodes).map(([name, code]) => [code, name]),
)

describe('a caller of HTTP/2 is hung up on', () => {
  it.each([
    ['for data of a request that it has not made', data(1, 'a'), protocolError],
    ['for a reset of a request that it has not made', resetFrame(1, 8), protocolError],
    ['for a window of a request that it has not made', windowUpdateFrame(1, 9), protocolError],
    ['for a window that does not grow', windowUpdateFrame(0, 0), protocolError],
    ['for a window that is too large', windowUpdateFrame(0, NEVER), flowControlError],
    ['for headers that cannot be unpacked', headers(1, '\xff\xff\xff\xff\xff\xff'), compressionError],
    ['for trailers that cannot be unpacked', headers(1, POST, false) + headers(1, '\x80'), compressionError],
    ['for a first window that is too large', settingsFrame([[4, 2 ** 31]]), flowControlError],
    ['for frames that are too small', settingsFrame([[5, 16_383]]), protocolError],
    ['for a push that is neither on nor off', settingsFrame([[2, 2]]), protocolError],
    [
      'for a first window that makes another one too large',
      headers(1, GET) + windowUpdateFrame(1, NEVER - 65_535) + settingsFrame([[4, NEVER]]),
      flowControlError,
    ],
  ])('%s', async (_, frames, code) => {
    const caller = await callerOfSilence()
    caller.send(frames)
    expect(codeOf.get(await caller.goodbye())).toBe(codeOf.get(code))
  })

  it.each([
    ['pings', () => pingFrame('12345678', false)],
    ['settings', () => settingsFrame([])],
    ['empty data', () => data(1, '')],
    ['priorities', () => frame(frameTypes.priority, 0, 9, '\0\0\0\0\x0f')],
    ['windows', () => windowUpdateFrame(0, 1)],
    ['frames that nobody knows', () => frame(0xee, 0, 0, '')],
    ['data of a request that is over', () => data(3, 'a')],
    ['requests that are reset at once', (n: number) => headers(n, GET) + resetFrame(n, 8)],
    ['requests whose window it breaks', (n: number) => headers(n, GET) + windowUpdateFrame(n, 0)],
    ['requests beyond those that are allowed at one time', (n: number) => headers(n, GET)],
  ])('for too many %s', async (_, nth) => {
    const caller = await callerOfSilence()
    caller.send(headers(1, POST, false), headers(3, GET), resetFrame(3, 8))
    caller.send(...Array.from({ length: 5_000 }, (_none, index) => nth(2 * index + 5)))
    expect(codeOf.get(await caller.goodbye())).toBe(codeOf.get(enhanceYourCalm))
  })

  it('for headers without an end', async () => {
    const caller = await callerOfSilence()
    caller.send(frame(frameTypes.headers, 0, 1, GET))
    for (let sent = 0; sent < 40; sent++) caller.send(frame(frameTypes.continuation, 0, 1, ''))
    expect(await caller.goodbye()).toBe(enhanceYourCalm)
  })
})

describe('a request of HTTP/2 ends alone', () => {
  it.each([
    ['for a window that does not grow', headers(1, GET) + windowUpdateFrame(1, 0), protocolError],
    ['for a window that is too large', headers(1, GET) + windowUpdateFrame(1, NEVER), flowControlError],
    ['for data behind its end', headers(1, GET) + data(1, 'a'), streamClosed],
    [
      'for trailers that are not its end',
      headers(1, POST, false) + headers(1, packed(['a', 'b']), false),
      protocolError,
    ],
    [
      'for trailers of what only heads have',
      headers(1, POST, false) + headers(1, packed([':path', '/'])),
      protocolError,
    ],
    [
      'for more data than fits its window',
      // Held while the one request that the service takes at one time is under way.
      headers(3, GET) + headers(5, POST, false) + data(5, 'x'.repeat(16_384)).repeat(17),
      flowControlError,
      5,
    ],
  ])('%s', async (_, frames, code, stream = 1) => {
    const service = await scene.service(() => undefined)
    const gateway = await scene.gateway(service.port, '', '', ', bulkhead: { concurrency: 1, queue: 9 }')
    const caller = new FrameCaller(gateway.port).send(frames)
    expect(codeOf.get(await caller.resetOf(stream))).toBe(codeOf.get(code))
    caller.send(pingFrame('12345678', false))
    expect((await caller.until(frameTypes.ping))?.flags).toBe(1)
  })

  it('for being one too many', async () => {
    const caller = await callerOfSilence()
    for (let n = 0; n <= 100; n++) caller.send(headers(2 * n + 1, GET))
    expect(await caller.resetOf(201)).toBe(refusedStream)
    expect(caller.of(frameTypes.reset)).toHaveLength(1)
  })

  it.each([
    ['400', 'a name in capitals', GET + packed(['X-A', '1'])],
    ['400', 'a value with the end of a line', GET + packed(['a', '1\r\nx: y'])],
    ['400', 'no path', '\x82\x86'],
    ['400', 'a length that is none', GET + packed(['content-length', '-1'])],
    ['400', 'a length without a body', GET + packed(['content-length', '5'])],
    [
      '431',
      'little that unpacks to much',
      `${GET}\x40\x01a\x7f\x81\x1e${'x'.repeat(4_000)}${'\xbe'.repeat(10_000)}`,
    ],
  ])('and is answered with %s for %s', async (status, _, block) => {
    const caller = await callerOfSilence()
    caller.send(headers(1, block))
    expect(await caller.statusOf(1)).toBe(status)
    caller.send(headers(3, '\x82\x86'))
    expect(await caller.statusOf(3)).toBe('400')
  })
})
