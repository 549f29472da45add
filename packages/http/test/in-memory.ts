import { seededRandom, type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { createFetch, type FetchOptions, type ResilientFetch } from '../src/index.js'
import { memoryUpstream, type MemoryUpstream, type UpstreamStep } from '../src/testing/index.js'

/** A destination without sockets, in time that moves when told. */
export interface InMemory extends Disposable {
  readonly clock: VirtualClock
  /** The first of them, or the only one. */
  readonly upstream: MemoryUpstream
  readonly upstreams: readonly MemoryUpstream[]
  readonly send: ResilientFetch
  /** What comes of it, once all the time has passed that it may take. */
  settled<T>(work: Promise<T>): Promise<T>
}

export function inMemory(script: readonly UpstreamStep[], options: Partial<FetchOptions> = {}): InMemory {
  return inMemoryAmong([script], options)
}

/** A destination with an endpoint for each script. */
export function inMemoryAmong(
  scripts: readonly (readonly UpstreamStep[])[],
  options: Partial<FetchOptions> = {},
): InMemory {
  const clock = virtualClock({ startMs: 1_000 })
  clock.install(seededRandom(1))
  const upstreams = scripts.map((script) => memoryUpstream({ script }))
  const endpoints = scripts.map(
    (_script, index) => `http://payment${index === 0 ? '' : `-${index + 1}`}.test`,
  )
  // An endpoint that the options give leads to the first.
  const upstreamOf = (origin: string): MemoryUpstream => upstreams[Math.max(0, endpoints.indexOf(origin))]!
  const transport = {
    open: (origin: string, namedOrigin: string) => upstreamOf(origin).open(origin, namedOrigin),
  }
  const send = createFetch({ endpoints, transport, ...options })
  return {
    clock,
    upstream: upstreams[0]!,
    upstreams,
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
