import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCodes, frameTypes } from './frame-types.js'
import { FrameAllowance } from './frame-allowance.js'
import {
  frameHead,
  goAwayFrame,
  headFrames,
  pingFrame,
  resetFrame,
  settingsFrame,
  windowUpdateFrame,
} from './frame-head.js'
import { type FrameListener, IncomingFrames } from './incoming-frames.js'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const OPENING = PREFACE + settingsFrame([])

/** Notes what it is told. */
class Notes implements FrameListener {
  readonly told: unknown[][] = []
  private note(...what: unknown[]): number {
    this.told.push(what)
    return errorCodes.noError
  }
  data(stream: number, bytes: Buffer, flowBytes: number, isEnded: boolean): number {
    return this.note('data', stream, bytes.toString('latin1'), flowBytes, isEnded)
  }
  headers(stream: number, block: Buffer, isEnded: boolean): number {
    return this.note('headers', stream, block.toString('latin1'), isEnded)
  }
  aborted(stream: number, code: number): number {
    return this.note('aborted', stream, code)
  }
  settings(bytes: Buffer): number {
    return this.note('settings', bytes.toString('hex'))
  }
  ping(opaque: string): number {
    return this.note('ping', opaque)
  }
  pong(): number {
    return this.note('pong')
  }
  windowUpdate(stream: number, increment: number): number {
    return this.note('window', stream, increment)
  }
  goAway(last: number, code: number): number {
    return this.note('go away', last, code)
  }
  idled(): number {
    return this.note('idled')
  }
}

function read(text: string, places: readonly number[] = []): { told: unknown[][]; code: number } {
  const bytes = Buffer.from(text, 'latin1')
  const notes = new Notes()
  const frames = new IncomingFrames(notes, 'client')
  const cuts = [0, ...places, bytes.length]
  let code: number = errorCodes.noError
  for (let index = 1; index < cuts.length && code === errorCodes.noError; index++)
    code = frames.read(bytes.subarray(cuts[index - 1], cuts[index]))
  return { told: notes.told, code }
}

const frame = (type: number, flags: number, stream: number, payload: string): string =>
  frameHead(payload.length, type, flags, stream) + payload

const { data, headers, continuation, ping, settings, reset, windowUpdate, priority, goAway, pushPromise } =
  frameTypes

describe('the frames of a client', () => {
  it('are told with what they carry, padding and priority left out', () => {
    const text = [
      OPENING,
      headFrames(1, 'block', false),
      frame(headers, 0x2c, 3, '\x02\0\0\0\0\x0fblock\0\0'),
      frame(data, 0x09, 1, '\x03body\0\0\0'),
      resetFrame(3, 8),
      pingFrame('12345678', false),
      pingFrame('12345678', true),
      windowUpdateFrame(0, 7),
      goAwayFrame(7, 2),
      frame(0xfa, 0xff, 9, 'whatever'),
    ].join('')
    expect(read(text)).toEqual({
      code: errorCodes.noError,
      told: [
        ['settings', ''],
        ['headers', 1, 'block', false],
        ['headers', 3, 'block', false],
        ['data', 1, 'body', 8, true],
        ['aborted', 3, 8],
        ['ping', '12345678'],
        ['pong'],
        ['window', 0, 7],
        ['go away', 7, 2],
        ['idled'],
      ],
    })
  })

  it('are put together from as many parts as their headers have', () => {
    const block = 'x'.repeat(40_000)
    expect(read(OPENING + headFrames(1, block, true)).told.at(-1)).toEqual(['headers', 1, block, true])
  })

  it('read the same however their bytes are split', () => {
    const one = fc.oneof(
      fc.record({
        type: fc.nat(10),
        flags: fc.nat(255),
        stream: fc.nat(5),
        payload: fc.string({ maxLength: 20 }),
      }),
      fc.constantFrom(pingFrame('12345678', false), windowUpdateFrame(1, 9), resetFrame(1, 8)),
    )
    fc.assert(
      fc.property(fc.array(one), fc.array(fc.nat(300), { maxLength: 8 }), (parts, places) => {
        const text = parts
          .map((part) =>
            typeof part === 'string' ? part : frame(part.type, part.flags, part.stream, part.payload),
          )
          .join('')
        const cuts = [...new Set(places)].filter((place) => place < text.length).toSorted((a, b) => a - b)
        expect(read(OPENING + text, cuts)).toEqual(read(OPENING + text))
      }),
    )
  })
})

const part = frame(headers, 0, 1, 'a')
const { protocolError, frameSizeError, enhanceYourCalm } = errorCodes

describe('a connection of HTTP/2 ends', () => {
  it.each([
    ['for another preface', `${PREFACE.slice(0, -1)}x`, protocolError],
    ['for a preface of HTTP/1.1', 'GET / HTTP/1.1\r\n', protocolError],
    ['for anything before the settings', PREFACE + pingFrame('12345678', false), protocolError],
    ['for settings that answer none', PREFACE + frame(settings, 1, 0, ''), protocolError],
    ['for settings of a stream', PREFACE + frame(settings, 0, 1, ''), protocolError],
    ['for settings of a strange length', PREFACE + frame(settings, 0, 0, 'abc'), frameSizeError],
    [
      'for an answer to settings that says something',
      OPENING + frame(settings, 1, 0, '123456'),
      frameSizeError,
    ],
    ['for a frame of 16 KB and one byte', OPENING + frameHead(16_385, data, 0, 1), frameSizeError],
    ['for data of no stream', OPENING + frame(data, 0, 0, 'a'), protocolError],
    ['for headers of no stream', OPENING + frame(headers, 4, 0, 'a'), protocolError],
    ['for headers of a stream of the server', OPENING + frame(headers, 4, 2, 'a'), protocolError],
    ['for more padding than frame', OPENING + frame(data, 8, 1, '\x04abc'), protocolError],
    ['for padding of an empty frame', OPENING + frame(data, 8, 1, ''), protocolError],
    ['for headers with more padding than frame', OPENING + frame(headers, 0x0c, 1, '\x09a'), protocolError],
    ['for headers too short for their priority', OPENING + frame(headers, 0x24, 1, 'abcd'), protocolError],
    [
      'for a frame between the parts of headers',
      OPENING + part + pingFrame('12345678', false),
      protocolError,
    ],
    ['for parts of two streams', OPENING + part + frame(continuation, 4, 3, 'b'), protocolError],
    ['for a part of no headers', OPENING + frame(continuation, 4, 1, 'b'), protocolError],
    ['for too many parts', OPENING + part + frame(continuation, 0, 1, '').repeat(20), enhanceYourCalm],
    [
      'for headers that are too long',
      OPENING + part + frame(continuation, 0, 1, 'x'.repeat(16_000)).repeat(5),
      enhanceYourCalm,
    ],
    ['for a promise of a client', OPENING + frame(pushPromise, 4, 1, 'abcd'), protocolError],
    ['for a ping of a stream', OPENING + frame(ping, 0, 1, '12345678'), protocolError],
    ['for a short ping', OPENING + frame(ping, 0, 0, '1234'), frameSizeError],
    ['for a reset of no stream', OPENING + frame(reset, 0, 0, 'abcd'), protocolError],
    ['for a short reset', OPENING + frame(reset, 0, 1, 'abc'), frameSizeError],
    ['for a priority of no stream', OPENING + frame(priority, 0, 0, 'abcde'), protocolError],
    ['for a short priority', OPENING + frame(priority, 0, 1, 'abcd'), frameSizeError],
    ['for a short window', OPENING + frame(windowUpdate, 0, 1, 'abc'), frameSizeError],
    ['for a goodbye of a stream', OPENING + frame(goAway, 0, 1, 'abcdefgh'), protocolError],
    ['for a short goodbye', OPENING + frame(goAway, 0, 0, 'abcd'), frameSizeError],
  ])('%s', (_, text, code) => {
    expect(read(text).code).toBe(code)
  })
})

it('frames that ask for nothing are counted, and forgiven with time', () => {
  let now = 0
  const clock = { now: () => now }
  const allowance = new FrameAllowance({ burst: 3, perSecond: 2 }, now)
  const taken = (times: number): boolean[] => Array.from({ length: times }, () => allowance.take(clock))
  expect(taken(4)).toEqual([true, true, true, false])
  now = 2_000
  expect(taken(3)).toEqual([true, true, true])
  allowance.give(1)
  expect(taken(2)).toEqual([true, false])
})
