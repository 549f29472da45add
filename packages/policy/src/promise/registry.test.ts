import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bulkhead } from '../bulkhead/bulkhead-policy.js'
import { circuitBreaker } from '../circuit-breaker/circuit-breaker-policy.js'
import { virtualClock, type VirtualClock } from '../testing/index.js'
import { registry, type RegistryOptions } from './registry.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install(() => 0.5)
})
afterEach(() => {
  clock[Symbol.dispose]()
})

const trips = { window: { calls: 2 }, minimumCalls: 1, openForMs: 30_000 }
const fails = (): never => {
  throw new Error('down')
}

describe('registry', () => {
  it('gives each key a policy of its own', async () => {
    const hosts = registry({ create: () => circuitBreaker(trips) })
    await hosts.outcome(fails, { key: 'a' })
    expect(await hosts.outcome(() => 'up', { key: 'a' })).toMatchObject({ ok: false, reason: 'refusal' })
    expect(await hosts.execute(() => 'up', { key: 'b' })).toBe('up')
    expect(hosts.get('a').state).toBe('open')
    expect(hosts.get('a')).toBe(hosts.get('a'))
    expect(hosts.size).toBe(2)
  })

  it('drops the one that was used longest ago beyond its bound', () => {
    const made: string[] = []
    const bounded = registry({ create: (key) => (made.push(key), circuitBreaker()), max: 3 })
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'c', 'b']) bounded.get(key)
    expect(made).toEqual(['a', 'b', 'c', 'd', 'b'])
    expect(bounded.size).toBe(3)
  })

  it('drops what was idle, without a timer', async () => {
    const made: string[] = []
    const idle = registry({ create: (key) => (made.push(key), circuitBreaker()), idleMs: 1_000 })
    idle.get('a')
    await clock.advance(600)
    idle.get('b')
    expect(clock.pending).toBe(0)
    await clock.advance(400)
    expect(idle.size).toBe(1)
    idle.get('a')
    expect(made).toEqual(['a', 'b', 'a'])
    await clock.advance(1_000)
    expect(idle.size).toBe(0)
  })

  it('changes options of all members live', async () => {
    let concurrency = 1
    const tenants = registry({ create: () => bulkhead({ concurrency }) })
    const hold = (): Promise<void> => new Promise((wake) => clock.setTimer(10, wake))
    const outcomes = [tenants.outcome(hold, { key: 'a' })]
    tenants.get('b')
    concurrency = 2
    const seen: string[] = []
    tenants.update((policy, key) => (seen.push(key), policy.reconfigure({ concurrency })))
    expect(seen).toEqual(['a', 'b'])
    outcomes.push(tenants.outcome(hold, { key: 'a' }))
    expect(tenants.get('a').running).toBe(2)
    await clock.advance(10)
    expect((await Promise.all(outcomes)).map(({ ok }) => ok)).toEqual([true, true])
  })

  it('keeps the state of all over a restart, with the time since then passed', async () => {
    const before = registry({ create: () => circuitBreaker(trips), idleMs: 60_000 })
    before.get('old')
    await clock.advance(45_000)
    await before.outcome(fails, { key: 'a' })
    before.get('b')
    const snapshot = JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<typeof before.snapshot>
    await clock.advance(20_000)
    const after = registry({ create: () => circuitBreaker(trips), idleMs: 60_000 })
    after.restore(snapshot)
    expect(after.size).toBe(2)
    const refused = await after.outcome(() => 'no', { key: 'a' })
    expect(refused).toMatchObject({ reason: 'refusal', error: { retryAfterMs: 10_000 } })
    expect(await after.execute(() => 'up', { key: 'b' })).toBe('up')

    const small = registry({ create: () => circuitBreaker(trips), max: 1 })
    small.restore(snapshot)
    expect(small.snapshot().state).toMatchObject({ members: [{ key: 'b' }] })
  })

  it('refuses a call without a key, and passes on what create throws', async () => {
    const broken = registry({ create: fails })
    const message = 'cannot choose a policy: key must be a string, got undefined'
    await expect(broken.execute(() => 1, {})).rejects.toThrow(message)
    expect(await broken.outcome(() => 1, {})).toMatchObject({ ok: false, error: { code: 'WT_OPTION' } })
    await expect(broken.execute(() => 1, { key: 'a' })).rejects.toThrow('down')
    expect(broken.size).toBe(0)
  })

  it('evicts nobody for a policy that could not be made', () => {
    const create = (key: string): ReturnType<typeof circuitBreaker> =>
      key === 'bad' ? fails() : circuitBreaker()
    const one = registry({ create, max: 1 })
    const good = one.get('good')
    expect(() => one.get('bad')).toThrow('down')
    expect(one.get('good')).toBe(good)
  })

  it('holds 100,000 circuit breakers, without a timer', async () => {
    const many = registry({ create: () => circuitBreaker(trips), max: 100_000 })
    for (let host = 0; host < 100_000; host++) many.get(`host-${host}`)
    expect(many.size).toBe(100_000)
    await many.outcome(fails, { key: 'host-0' })
    expect([many.get('host-0').state, many.get('host-1').state]).toEqual(['open', 'closed'])
    many.get('one more')
    expect([many.size, clock.pending]).toEqual([100_000, 0])
  })

  it.each([
    [{}, 'cannot create registry: create must be a function, got undefined'],
    [{ create: circuitBreaker, max: 0 }, 'max must be an integer >= 1, got 0'],
    [{ create: circuitBreaker, idleMs: 0 }, 'idleMs must be a finite number > 0, got 0'],
    [{ create: circuitBreaker, maximum: 1 }, "unknown option 'maximum'; allowed are create, max, idleMs"],
  ])('refuses %j', (options, message) => {
    expect(() => registry(options as unknown as RegistryOptions<never>)).toThrow(message)
  })

  it.each([
    [undefined, 'the snapshot must be one of registry, version 1, got undefined'],
    [{ version: 1, policy: 'registry', state: { takenAt: 0, members: {} } }, 'members must be an array'],
    [
      { version: 1, policy: 'registry', state: { takenAt: 0, members: [{ key: 1 }] } },
      'key must be a string',
    ],
  ])('refuses the snapshot %j', (snapshot, message) => {
    expect(() => registry({ create: () => circuitBreaker() }).restore(snapshot as never)).toThrow(message)
  })
})
