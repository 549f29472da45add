import { describe, expect, it } from 'vitest'
import { frameTypes } from '../../src/frames/frame-types.js'
import { pingFrame, settingsFrame, windowUpdateFrame } from '../../src/frames/frame-head.js'
import { eventually } from '../running-proxy.js'
import { Scene } from '../stories/scene.js'
import { data, FrameCaller, GET, headers, POST } from './frame-caller.js'

const scene = new Scene()
const BODY = 'x'.repeat(200_000)
const INITIAL_WINDOW = 4

async function gatewayTo(answer: string): Promise<number> {
  const service = await scene.answering(answer)
  return (await scene.gateway(service.port)).port
}

const answerWith = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** All that was sent before this has been looked at. */
async function settled(caller: FrameCaller): Promise<void> {
  const before = caller.of(frameTypes.ping).length
  caller.send(pingFrame('12345678', false))
  await eventually(() => caller.of(frameTypes.ping).length > before)
}

describe('the answer to a caller of HTTP/2', () => {
  it('comes no faster than the window of its stream lets it', async () => {
    const caller = new FrameCaller(await gatewayTo(answerWith(BODY)), [[INITIAL_WINDOW, 0]])
    caller.send(headers(1, GET))
    expect(await caller.statusOf(1)).toBe('200')
    await settled(caller)
    expect(caller.bodyBytes(1)).toBe(0)
    caller.send(windowUpdateFrame(1, 10))
    await eventually(() => caller.bodyBytes(1) === 10)
    // A first window that changes changes those of streams that are open.
    caller.send(settingsFrame([[INITIAL_WINDOW, 30]]))
    await eventually(() => caller.bodyBytes(1) === 40)
    caller.send(settingsFrame([[INITIAL_WINDOW, 5]]), windowUpdateFrame(1, 25))
    await settled(caller)
    expect(caller.bodyBytes(1)).toBe(40)
    caller.send(windowUpdateFrame(0, 2 ** 20), windowUpdateFrame(1, 2 ** 20))
    await eventually(() => caller.isWhole(1))
    expect(caller.bodyBytes(1)).toBe(BODY.length)
  })

  it('shares the window of its connection with the others', async () => {
    const caller = new FrameCaller(await gatewayTo(answerWith(BODY)), [[INITIAL_WINDOW, 2 ** 20]])
    caller.send(headers(1, GET), headers(3, GET))
    await eventually(() => caller.bodyBytes(1) + caller.bodyBytes(3) === 65_535)
    for (let more = 0; !caller.isWhole(1) || !caller.isWhole(3); more++) {
      caller.send(windowUpdateFrame(0, 20_000))
      await settled(caller)
    }
    expect([caller.bodyBytes(1), caller.bodyBytes(3)]).toEqual([BODY.length, BODY.length])
  })

  it('that is small is two frames, the last of which ends it, and so are its trailers', async () => {
    const small = new FrameCaller(await gatewayTo(answerWith('ok')))
    small.send(headers(1, GET))
    await eventually(() => small.isWhole(1))
    const own = (caller: FrameCaller): number[] =>
      caller.frames.filter(({ stream }) => stream === 1).map(({ type }) => type)
    expect(own(small)).toEqual([frameTypes.headers, frameTypes.data])
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n'
    const trailed = new FrameCaller(await gatewayTo(chunked))
    trailed.send(headers(1, GET))
    await eventually(() => trailed.isWhole(1))
    expect(own(trailed)).toEqual([frameTypes.headers, frameTypes.data, frameTypes.headers])
  })

  it('that has no body ends with its head', async () => {
    const caller = new FrameCaller(await gatewayTo('HTTP/1.1 204 No Content\r\n\r\n'))
    caller.send(headers(1, GET))
    await eventually(() => caller.isWhole(1))
    expect(caller.of(frameTypes.data)).toEqual([])
  })

  it('comes though the caller sends nothing more on its connection', async () => {
    const service = await scene.service(() => undefined)
    const caller = new FrameCaller((await scene.gateway(service.port)).port)
    caller.send(headers(1, GET))
    await eventually(() => service.connections.length === 1)
    caller.end()
    await eventually(() => caller.of(frameTypes.ping).length > 0)
    service.connections[0]!.socket.write(answerWith('late'))
    await eventually(() => caller.hasEnded)
    expect(caller.isWhole(1)).toBe(true)
  })
})

describe('a body of HTTP/2', () => {
  it('may be longer than its window: more of it may come as the service takes it', async () => {
    const chunk = '~'.repeat(16_384)
    const service = await scene.service(() => undefined)
    const caller = new FrameCaller((await scene.gateway(service.port)).port)
    caller.send(headers(1, POST, false))
    for (let sent = 1; sent <= 64; sent++) {
      caller.send(data(1, chunk))
      if (sent % 8 === 0) await eventually(() => caller.of(frameTypes.windowUpdate, 1).length >= sent / 8)
    }
    caller.send(data(1, '', true))
    await eventually(() => service.connections[0]?.received.endsWith('\r\n0\r\n\r\n') === true)
    expect(service.connections[0]!.received.match(/~/g)).toHaveLength(64 * chunk.length)
  })
})

describe('a connection of HTTP/2 that drains', () => {
  it('takes what was asked for before its caller knew, and closes with the last answer', async () => {
    const service = await scene.service(() => undefined)
    const gateway = await scene.gateway(service.port)
    const caller = new FrameCaller(gateway.port)
    caller.send(headers(1, GET))
    await eventually(() => service.connections.length === 1)
    const drained = gateway.proxy.drain()
    const notice = await caller.until(frameTypes.goAway)
    expect(notice!.payload.readUInt32BE(0)).toBe(2 ** 31 - 1)
    caller.send(headers(3, GET))
    await eventually(() => service.connections.length === 2)
    const [ping] = caller.of(frameTypes.ping)
    caller.send(pingFrame(ping!.payload.toString('latin1'), true))
    await eventually(() => caller.of(frameTypes.goAway).length === 2)
    expect(caller.of(frameTypes.goAway)[1]!.payload.readUInt32BE(0)).toBe(3)
    caller.send(headers(5, GET))
    for (const { socket } of service.connections) socket.write(answerWith('ok'))
    await eventually(() => caller.hasEnded)
    expect([1, 3, 5].map((stream) => caller.isWhole(stream))).toEqual([true, true, false])
    caller.end()
    await drained
    expect(service.connections).toHaveLength(2)
  })
  it('that has said nothing yet is told of the end when it does, and does not hold up who waits for it', async () => {
    const service = await scene.answering(answerWith('ok'))
    const gateway = await scene.gateway(service.port)
    const connection = scene.caller(gateway)
    await eventually(() => gateway.proxy.ask('stats')['listener.gateway.connections'] === 1)
    const drained = gateway.proxy.drain()
    const caller = new FrameCaller(connection)
    caller.send(headers(1, GET))
    expect(await caller.until(frameTypes.goAway)).toBeDefined()
    await eventually(() => caller.hasEnded)
    expect(caller.isWhole(1)).toBe(true)
    caller.end()
    await drained
  })
})
