import type { PagePlace } from './metrics-pages.js'
import { fetchJson } from './fetch-text.js'
import { PolledSource } from './polled-source.js'

/** A rule that is in force at a proxy, as `GET /faults` of its admin listener tells it. */
export interface FaultAtProxy {
  readonly rule: {
    readonly forMs: number
    readonly share: number
    readonly delay?: number
    readonly end?: number
  }
  readonly leftMs: number
  readonly struck: number
}

/** What a proxy can make go wrong, and what does. */
export interface ProxyFaults {
  /** Its admin listener. */
  readonly admin: string
  /** Whose calls it forwards. */
  readonly service: string
  readonly destinations: readonly { readonly name: string; readonly faults: readonly FaultAtProxy[] }[]
}

/** Asks all proxies for their faults, again and again. One that has none to tell of, as Envoy, is passed over. */
export class ProxyFaultsSource {
  readonly source: PolledSource<readonly ProxyFaults[]>

  constructor(
    places: () => readonly PagePlace[],
    options: {
      readonly everyMs: number
      readonly deadlineMs: number
      readonly onRead: (proxies: readonly ProxyFaults[]) => void
    },
  ) {
    const { deadlineMs } = options
    this.source = new PolledSource({
      name: 'faults of proxies',
      kind: 'admin',
      place: 'GET /faults of each',
      ...options,
      read: async (closing): Promise<readonly ProxyFaults[]> => {
        // One that hangs may not hide what the others tell.
        const signal = AbortSignal.any([closing, AbortSignal.timeout(deadlineMs / 2)])
        const asked = await Promise.allSettled(
          places()
            .filter(({ owner }) => owner !== 'service')
            .map(async ({ url }) => {
              const admin = url.replace(/\/stats\/prometheus$/, '')
              const { service, destinations } = (await fetchJson(`${admin}/faults`, signal)) as ProxyFaults
              return { admin, service, destinations }
            }),
        )
        return asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      },
    })
  }

  get proxies(): readonly ProxyFaults[] {
    const { told } = this.source
    return told.known ? told.value : []
  }
}
