import type { EngineName } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import type { PlanOptions } from './plan-options.js'
import type { Program } from './program.js'
import { engineStores } from './served-stores.js'

/** Longer than the engine itself has. */
const DRAIN_MS = 30_000

/** A real server of the run, by `watertight engine`. */
export function engineProgram(name: EngineName, options: PlanOptions): Program {
  const { watertight, places, storePassword, folder, ports, system } = options
  const { port, admin } = ports.engines.get(name) ?? { port: 0, admin: 0 }
  const where = [places.engineFor(name), '--port', String(port), '--admin', String(admin)]
  const webhook = name === 'alertmanager' ? webhookOf(system) : undefined
  return {
    name,
    kind: 'engine',
    service: name,
    command: [...watertight, 'engine', name, ...where, ...wordsFor(name, options)],
    folder,
    // Whoever can see the words of a process does not see this.
    environment: {
      WATERTIGHT_STORE_PASSWORD: storePassword,
      ...(webhook === undefined ? {} : { WATERTIGHT_ALERTS_WEBHOOK: webhook }),
    },
    port,
    admin,
    probe: { kind: 'http', port: admin, ready: '/ready', live: '/live' },
    drainMs: DRAIN_MS,
    after: [],
  }
}

/** What it is to know beyond its folder and ports. */
function wordsFor(name: EngineName, { system, ports, places }: PlanOptions): string[] {
  if (name === 'postgres') return engineStores(system, name).flatMap((store) => ['--database', store.name])
  if (name === 'jaeger') return ['--collector', String(ports.engines.get(name)?.collector ?? 0)]
  if (name !== 'prometheus') return []
  const alertmanager = ports.engines.get('alertmanager')?.port
  return [
    '--run',
    places.path,
    ...(alertmanager === undefined ? [] : ['--alertmanager', String(alertmanager)]),
  ]
}

/** Where alerts of the run are told. */
export function webhookOf({ monitoring: { webhook } }: SystemModel): string | undefined {
  const told = webhook?.env === undefined ? undefined : process.env[webhook.env]
  return webhook?.url ?? (told === '' ? undefined : told)
}
