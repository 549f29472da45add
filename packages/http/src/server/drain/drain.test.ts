import { virtualClock } from '@watertight/policy/testing'
import { expect, it, vi } from 'vitest'
import type { ServerGuard } from '../guard/server-guard.js'
import type { DrainOptions } from './drain-options.js'
import { createDrain } from './drain.js'

/** A server and a guard that only note what is done to them. */
function setUp(options: Partial<DrainOptions> = {}) {
  const clock = virtualClock()
  const log: string[] = []
  let closed: () => void = () => undefined
  const guard = {
    inFlight: 0,
    abandoned: 0,
    health: { startDraining: () => log.push('not ready') },
    closeConnections: () => log.push('connections close'),
    endStreams: () => undefined,
  }
  const server = {
    close: (callback: () => void) => {
      log.push('listener closes')
      closed = callback
    },
    closeIdleConnections: () => undefined,
    closeAllConnections: () => log.push('cut'),
  }
  const drain = createDrain({
    server: server as never,
    guard: guard as unknown as ServerGuard,
    probePeriodMs: 5_000,
    drainMs: 20_000,
    clock,
    onPhase: (phase) => log.push(`${phase} at ${clock.now()}`),
    ...options,
  })
  return { clock, log, guard, drain, finish: () => closed() }
}

it('goes through its phases in order, once', async () => {
  const { clock, log, guard, drain, finish } = setUp({
    onClose: ['orders', 'database'].map((name) => ({ name, close: () => void log.push(`${name} closes`) })),
  })
  const start = clock.now()
  guard.inFlight = 1
  const report = drain.run()
  expect(drain.run()).toBe(report)
  await clock.advance(5_000)
  await clock.advance(1_000)
  guard.inFlight = 0
  finish()
  await clock.advance(50)
  expect(await report).toEqual({
    cut: 0,
    closed: [
      { name: 'orders', outcome: 'closed' },
      { name: 'database', outcome: 'closed' },
    ],
    isClean: true,
  })
  expect(log).toEqual([
    `unready at ${start}`,
    'not ready',
    'connections close',
    `closing at ${start + 5_000}`,
    'listener closes',
    'cut',
    `stores at ${start + 6_050}`,
    'orders closes',
    'database closes',
    `done at ${start + 6_050}`,
  ])
})

it('cuts off what is not done in time', async () => {
  const { clock, guard, drain } = setUp()
  guard.inFlight = 3
  const report = drain.run()
  await clock.advance(25_100)
  expect(await report).toEqual({ cut: 3, closed: [], isClean: false })
})

it('waits for work whose caller has left before it closes stores', async () => {
  const { clock, log, guard, drain, finish } = setUp()
  guard.abandoned = 1
  const report = drain.run()
  await clock.advance(5_000)
  finish()
  await clock.advance(3_000)
  expect(log.at(-1)).toBe('listener closes')
  guard.abandoned = 0
  await clock.advance(50)
  expect(await report).toMatchObject({ cut: 0, isClean: true })
})

it('does not wait for connections that nobody uses', async () => {
  const { clock, drain } = setUp()
  const report = drain.run()
  await clock.advance(5_000 + 1_100)
  expect(await report).toMatchObject({ cut: 0, isClean: true })
})

it('goes on when a store fails to close, or hangs', async () => {
  const lost = new Error('lost')
  const { clock, finish, drain } = setUp({
    onClose: [
      { name: 'fails', close: () => Promise.reject(lost) },
      { name: 'hangs', close: () => new Promise(() => undefined), timeoutMs: 100 },
      { name: 'works', close: () => undefined },
    ],
  })
  const report = drain.run()
  await clock.advance(5_000)
  finish()
  await clock.advance(50)
  await clock.advance(100)
  expect(await report).toEqual({
    cut: 0,
    closed: [
      { name: 'fails', outcome: 'failed', error: lost },
      { name: 'hangs', outcome: 'timed out' },
      { name: 'works', outcome: 'closed' },
    ],
    isClean: false,
  })
})

it('closes stores though whoever listens to its phases throws', async () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { clock, finish, drain } = setUp({
    onClose: [{ name: 'database', close: () => undefined }],
    onPhase: () => {
      throw new Error('thrown by the listener')
    },
  })
  const report = drain.run()
  await clock.advance(5_000)
  finish()
  await clock.advance(50)
  expect(await report).toMatchObject({ closed: [{ name: 'database', outcome: 'closed' }], isClean: true })
  expect(written).toHaveBeenCalledTimes(4)
  written.mockRestore()
})

it('listens to signals only while it is asked to', () => {
  const { drain } = setUp()
  const before = process.listenerCount('SIGUSR2')
  const remove = drain.installSignals({ signals: ['SIGUSR2'], exit: false })
  expect(process.listenerCount('SIGUSR2')).toBe(before + 1)
  remove()
  expect(process.listenerCount('SIGUSR2')).toBe(before)
})

it('refuses options that it cannot honour', () => {
  expect(() => setUp({ drainMs: -1 })).toThrow('cannot create drain: drainMs must be a number >= 0, got -1')
  for (const onClose of [() => undefined, [() => undefined], [{ close: () => undefined }]])
    expect(() => setUp({ onClose: onClose as never })).toThrow(
      "onClose must be a list of { name: 'database', close",
    )
})
