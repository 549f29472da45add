import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { ClientLoad } from './client-load.js'
import { Replica } from './replica.js'
import { SteadyLoad } from './steady-load.js'

/** Many times as long as callers take to probe, also on a machine that lets them wait. */
const PROBE_PERIOD_MS = 3_000

it('fails no request while two replicas under load are restarted one after the other', async () => {
  await using first = new Replica(PROBE_PERIOD_MS)
  await using second = new Replica(PROBE_PERIOD_MS)
  await Promise.all([first.start(), second.start()])
  const load = new SteadyLoad([first.url, second.url])
  const answered = (replica: Replica): number => load.answers.get(String(replica.pid)) ?? 0
  const running = load.run()
  const exitCodes: (number | null)[] = []
  for (const replica of [first, second]) {
    await expect.poll(() => answered(first) > 20 && answered(second) > 20).toBe(true)
    replica.signal()
    exitCodes.push(await replica.exitCode())
    await replica.start()
  }
  await expect.poll(() => answered(first) > 20 && answered(second) > 20).toBe(true)
  load.end()
  await running
  expect(load.failures).toEqual([])
  expect(exitCodes).toEqual([0, 0])
  expect([first.said, second.said]).toEqual([['store closed'], ['store closed']])
  expect(load.answers.size).toBe(4)
})

it('loses no call of a client that ejects while two replicas are restarted, round after round', async () => {
  await using first = new Replica()
  await using second = new Replica()
  await Promise.all([first.start(), second.start()])
  const send = createFetch({ endpoints: [first.url, second.url], ejection: {} })
  const load = new ClientLoad(send)
  const answered = (replica: Replica): number => load.answers.get(String(replica.pid)) ?? 0
  const running = load.run()
  for (const replica of [first, second, first, second, first, second]) {
    const other = replica === first ? second : first
    const before = answered(other)
    // The other one may be ejected still: it answers all the same, since this one will not.
    replica.signal()
    expect(await replica.exitCode()).toBe(0)
    await expect.poll(() => answered(other)).toBeGreaterThan(before + 20)
    await replica.start()
  }
  load.end()
  await running
  expect(load.failures).toEqual([])
  await send.destroy()
})

it('takes signals that come together for one, and ends at once on a later one', async () => {
  await using replica = new Replica()
  await replica.start()
  replica.signal()
  replica.signal()
  expect(await replica.exitCode()).toBe(0)
  await replica.start()
  const hung = fetch(`${replica.url}/hang`).catch(() => 'cut')
  await fetch(`${replica.url}/work`)
  const exitCode = replica.exitCode()
  const signals = setInterval(() => replica.signal(), 100)
  expect(await exitCode).toBe(143)
  clearInterval(signals)
  expect(await hung).toBe('cut')
})
