import { once } from 'node:events'
import { connect, createServer, type ClientHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createDrain, createServerGuard, type GuardedHandler } from '../../src/index.js'

/** The machine may be busy with other tests. */
const PATIENCE = { timeout: 5_000 }

/** A guarded server of HTTP/2 with one request in flight, which waits until the test lets it go. */
async function setUp() {
  const waiting: (() => void)[] = []
  const guard = createServerGuard()
  const handler: GuardedHandler = async (_message, response) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    response.end('done')
  }
  const server = createServer(guard.listener(handler) as never)
  const clock = virtualClock()
  const drain = createDrain({ server, guard, clock, probePeriodMs: 1_000, drainMs: 2_000 })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  session.on('error', () => undefined)
  const stream: ClientHttp2Stream = session.request({ ':path': '/' })
  await expect.poll(() => waiting.length, PATIENCE).toBe(1)
  return { drain, clock, session, stream, letGo: () => waiting[0]?.() }
}

it('finishes streams in flight of a session to which it says goodbye', async () => {
  const { drain, clock, session, stream, letGo } = await setUp()
  const goodbye = once(session, 'goaway')
  const report = drain.run()
  await clock.advance(1_000)
  await clock.advance(50)
  await goodbye
  letGo()
  expect(await text(stream)).toBe('done')
  await expect.poll(() => session.closed, PATIENCE).toBe(true)
  await clock.advance(1_200)
  expect(await report).toMatchObject({ cut: 0, isClean: true })
})

it('cuts streams off that are not done in time', async () => {
  const { drain, clock, stream, session } = await setUp()
  stream.on('error', () => undefined)
  const closed = once(session, 'close')
  const report = drain.run()
  await clock.advance(3_100)
  expect(await report).toMatchObject({ cut: 1, isClean: false })
  await closed
})
