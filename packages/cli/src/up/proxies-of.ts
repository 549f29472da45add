import type { ProgramStatus } from '@watertight/supervisor'

/** Proxies that see the requests of a service. */
export interface SeeingProxies {
  readonly proxies: readonly ProgramStatus[]
  /** Whether they stand beside it, so that all of its requests pass them; otherwise they are those of all that may call it. */
  readonly areBeside: boolean
}

/** The sidecars of a service; where it has none, every proxy of the run. The gateway's is that of the service `gateway`. */
export function proxiesOf(service: string, programs: readonly ProgramStatus[]): SeeingProxies {
  const proxies = programs.filter(
    ({ kind, admin }) => (kind === 'sidecar' || kind === 'gateway') && admin !== null,
  )
  const own = proxies.filter((proxy) => proxy.service === service)
  return own.length > 0 ? { proxies: own, areBeside: true } : { proxies, areBeside: false }
}
