import { existsSync, readFileSync } from 'node:fs'
import type { SystemModel } from '@watertight/manifest'
import type { LoadOptions, ProgramStatus, RunStatus } from '@watertight/supervisor'

/** Where the requests of a load go: through the gateway, or to the processes of a service that they name. */
export type LoadTarget = Pick<LoadOptions, 'url' | 'authority' | 'urlsOf'>

/** What is asked where the processes are: a run, or who speaks to one. */
interface Asked {
  status(): Promise<RunStatus>
}

/** How often it is asked anew: a process that is started again may have another port. */
const FRESH_MS = 1_000

/** Where the requests go, as far as the run can tell now; processes are looked up while the load runs. */
export async function loadTarget(
  run: Asked,
  { authority }: Pick<LoadTarget, 'authority'>,
): Promise<LoadTarget> {
  const { gateway, programs } = await run.status()
  let known = { programs, atMs: performance.now() }
  return {
    url: gateway ?? undefined,
    authority,
    urlsOf: (service) => {
      if (performance.now() - known.atMs > FRESH_MS) {
        known = { ...known, atMs: performance.now() }
        void run.status().then(
          ({ programs: now }) => (known = { programs: now, atMs: performance.now() }),
          () => {},
        )
      }
      return processUrls(service, known.programs)
    },
  }
}

/** Where the processes of a service answer themselves, past their sidecars; those that are ready, or all where none is. */
export function processUrls(service: string, programs: readonly ProgramStatus[]): string[] {
  const own = programs.filter((program) => program.kind === 'service' && program.service === service)
  const ready = own.filter(({ state }) => state === 'ready')
  return (ready.length > 0 ? ready : own).map(({ port }) => `http://127.0.0.1:${port}`)
}

/** The certificate of who vouches for the gateway; undefined where the document brings its own, or none. */
export function gatewayAuthority({ gateway }: SystemModel, file: string): string | undefined {
  return gateway.listen?.tls !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
