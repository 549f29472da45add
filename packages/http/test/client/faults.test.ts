import { expect, it } from 'vitest'
import { Faults } from '../../src/index.js'
import { inMemory } from '../in-memory.js'

async function outcomes(count: number, call: () => Promise<Response>): Promise<unknown[]> {
  const found: unknown[] = []
  for (let made = 0; made < count; made++) {
    found.push(
      await call().then(
        ({ status }) => status,
        (error: { code?: string }) => error.code,
      ),
    )
  }
  return found
}

it('lets calls fail on purpose before anything is sent, for the first so many', async () => {
  using test = inMemory([{}], {
    retry: false,
    faults: [
      { end: 503, times: 1 },
      { end: 'reset', times: 2 },
    ],
  })
  expect(await outcomes(4, () => test.send('/'))).toEqual([503, 'WT_RESET', 'WT_RESET', 200])
  expect(test.upstream.requests).toHaveLength(1)
  expect(test.send.endpoints[0]!.active).toBe(0)
})

it('loses the answer of work that was done', async () => {
  using test = inMemory([{ body: 'charged' }], {
    retry: false,
    faults: [{ when: 'after', end: 'reset', times: 1 }],
  })
  expect(await outcomes(2, () => test.send('/charges', { method: 'POST', body: 'order' }))).toEqual([
    'WT_RESET',
    200,
  ])
  expect(test.upstream.requests.map(({ body }) => body)).toEqual(['order', 'order'])
})

it('is late, and what is late can run into a limit', async () => {
  using test = inMemory([{}], {
    retry: false,
    timeout: { attemptMs: 100 },
    faults: [{ delay: 99, times: 1 }, { delay: 1 }],
  })
  expect(await test.settled(outcomes(1, () => test.send('/')))).toEqual(['WT_ATTEMPT_TIMEOUT'])
  expect(await test.settled(outcomes(1, () => test.send('/')))).toEqual([200])
  expect(test.send.endpoints[0]!.active).toBe(0)
})

it('gives up on an answer that is late on its way back, and hears nothing of it later', async () => {
  const faults = [{ when: 'after', delay: 500, end: 503, times: 1 }] as const
  using test = inMemory([{}], { retry: false, timeout: { attemptMs: 100 }, faults })
  const failed = outcomes(1, () => test.send('/'))
  await test.clock.advance(100)
  expect(await failed).toEqual(['WT_ATTEMPT_TIMEOUT'])
  await test.clock.advance(1_000)
  expect(test.send.endpoints[0]!.active).toBe(0)
})

it('can be put in force and taken back while it is in use', async () => {
  const faults = new Faults(Math.random)
  using test = inMemory([{}], { retry: false, faults })
  expect(await outcomes(1, () => test.send('/'))).toEqual([200])
  faults.inject([{ end: 500, forMs: 1_000 }], test.clock.now())
  expect(await outcomes(1, () => test.send('/'))).toEqual([500])
  await test.clock.advance(1_000)
  expect(await outcomes(1, () => test.send('/'))).toEqual([200])
})
