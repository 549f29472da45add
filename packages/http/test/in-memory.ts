import { seededRandom, type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { createFetch, type FetchOptions, type ResilientFetch } from '../src/index.js'
import { memoryUpstream, type MemoryUpstream, type UpstreamStep } from '../src/testing/index.js'

/** A destination without sockets, in time that moves when told. */
export interface InMemory extends Disposable {
  readonly clock: VirtualClock
  readonly upstream: MemoryUpstream
  readonly send: ResilientFetch
  /** What comes of it, once all the time has passed that it may take. */
  settled<T>(work: Promise<T>): Promise<T>
}

export function inMemory(script: readonly UpstreamStep[], options: Partial<FetchOptions> = {}): InMemory {
  const clock = virtualClock({ startMs: 1_000 })
  clock.install(seededRandom(1))
  const upstream = memoryUpstream({ script })
  const send = createFetch({ endpoints: 'http://payment.test', transport: upstream, ...options })
  return {
    clock,
    upstream,
    send,
    settled: async (work) => {
      // Whatever it comes to is the test's to see.
      work.catch(() => undefined)
      await clock.runAll()
      return await work
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  }
}
