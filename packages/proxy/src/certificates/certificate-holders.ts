import type { SystemModel } from '@watertight/manifest'

/** Who needs a certificate: every service that is not somebody else's, and the gateway where there is one. */
export function certificateHolders(model: SystemModel): readonly string[] {
  const services = [...model.services.values()]
    .filter(({ document }) => document.external !== true)
    .map(({ name }) => name)
  return model.document.gateway === undefined ? services : ['gateway', ...services]
}

/** The names by which a service is called: its own, and this machine's. */
export function hostsFor(service: string, further: readonly string[] = []): readonly string[] {
  return [...new Set([service, 'localhost', '127.0.0.1', '::1', ...further])]
}
