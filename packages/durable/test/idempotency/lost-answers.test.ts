import { virtualClock } from '@watertight/policy/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { OnTakeover } from '../../src/idempotency/decide-claim.js'
import type { IdempotencyOptions } from '../../src/idempotency/idempotency-options.js'
import type { ClaimRequest } from '../../src/idempotency/idempotency-store.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { charging, expectProblem, key, started } from './charging.js'
import { servers } from './servers.js'

/** A store that does what it is asked, and whose answers get lost on the way. */
class FarStore extends MemoryIdempotencyStore {
  readonly lost = { claim: 0, finish: 0 }
  /** What it was asked for last. */
  asked: ClaimRequest | undefined

  override claim: MemoryIdempotencyStore['claim'] = async (request) => {
    this.asked = request
    return this.#told('claim', await super.claim(request))
  }

  override finish: MemoryIdempotencyStore['finish'] = async (...asked) =>
    this.#told('finish', await super.finish(...asked))

  #told<Answer>(step: keyof FarStore['lost'], answer: Answer): Answer {
    if (this.lost[step] === 0) return answer
    this.lost[step] -= 1
    throw new Error('the connection was lost')
  }
}

async function served(options: Partial<IdempotencyOptions> = {}) {
  const clock = virtualClock()
  const store = new FarStore({ clock })
  const charges = charging()
  return {
    clock,
    store,
    charges,
    send: await started(servers['node:http']!, charges.work, { store, clock, ...options }),
  }
}

test('a claim whose answer is lost is asked for again at once, and the request runs', async () => {
  const { store, charges, send } = await served()
  store.lost.claim = 1
  expect((await send(key('k'))).status).toBe(201)
  expect(charges.count).toBe(1)
})

test('a request that is refused since its claim got no answer does not keep the next one out until the lease ends', async () => {
  const { clock, store, charges, send } = await served()
  store.lost.claim = 2
  await expectProblem(await send(key('k')), 503, 'WT_IDEMPOTENCY_STORE_UNAVAILABLE')
  await expectProblem(await send(key('k')), 409, 'WT_IDEMPOTENCY_IN_FLIGHT')
  await clock.advance(1_000)
  expect((await send(key('k'))).status).toBe(201)
  expect(charges.count).toBe(1)
})

test.each<[string, NonNullable<IdempotencyOptions['onError']>]>([
  [
    'throws',
    () => {
      throw new Error('the log is full')
    },
  ],
  ['rejects', async () => await Promise.reject(new Error('the log is full'))],
])('what hears of failures %s: the request is answered, and no process ends of it', async (_, onError) => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => said.mockRestore())
  const { clock, store, send } = await served({ onError })
  store.lost.claim = 2
  await expectProblem(await send(key('k')), 503, 'WT_IDEMPOTENCY_STORE_UNAVAILABLE')
  await clock.advance(1_000)
  expect((await send(key('k'))).status).toBe(201)
  expect(said).toHaveBeenCalledTimes(1)
})

test('a takeover whose answer is lost leaves known that an earlier request may have got somewhere', async () => {
  const { clock, store, send } = await served({ onTakeover: 'rerun' })
  store.lost.claim = 2
  await expectProblem(await send(key('k')), 503, 'WT_IDEMPOTENCY_STORE_UNAVAILABLE')
  await clock.advance(1_000)
  const kindOf = async (claimant: string, onTakeover: OnTakeover): Promise<string> =>
    (await store.claim({ ...store.asked!, claimant, onTakeover })).kind
  expect(await kindOf('a cautious one', 'conflict')).toBe('unknown')
  expect(await kindOf('the next try', 'rerun')).toBe('takeover')
})

test.each([
  ['twice, is kept at the third try', 2, true],
  ['three times, is sent as it is, for it is true', 3, false],
])('an answer whose keeping fails %s', async (_, times, isKept) => {
  const { clock, store, charges, send } = await served()
  store.lost.finish = times
  let told: Response | undefined
  void send(key('k')).then((answer) => (told = answer))
  const moveOn = async (): Promise<number | undefined> => {
    await clock.advance(100)
    return told?.status
  }
  await expect.poll(moveOn).toBe(201)
  expect(told?.headers.has('idempotency-key-expires')).toBe(isKept)
  expect(charges.count).toBe(1)
})
