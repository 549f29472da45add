import { requireEngine } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import { type Instance, instancesOf } from './instances.js'
import type { RunPlaces } from './plan-options.js'
import { planPrograms } from './plan-programs.js'
import type { Program } from './program.js'
import { runEngines } from './run-engines.js'
import type { RunPorts } from './instance-ports.js'
import { type PortWishes, runPorts } from './run-ports.js'

/** What a plan is made from. */
export interface PlanSource {
  /** The text that people edit. */
  readonly text: string
  readonly system: SystemModel
  /** The numbers of replicas that differ from the document's. */
  readonly replicas: ReadonlyMap<string, number>
}

/** What stays the same for the whole of a run. */
export interface PlanContext {
  /** Where the document lies. */
  readonly folder: string
  readonly watertight: readonly [string, ...string[]]
  readonly places: RunPlaces
  readonly storePassword: string
  readonly environment: Readonly<Record<string, string>>
  readonly tracesUrl?: string | undefined
  readonly ports: PortWishes
}

/** What a run is to be: its processes, their ports, and all programs that follow from these, in the order of a stop. */
export interface RunPlan extends PlanSource {
  readonly instances: readonly Instance[]
  readonly ports: RunPorts
  readonly programs: readonly Program[]
}

/**
 * Plans a run; what `former` had keeps its ports.
 *
 * @throws {@link PortTakenError} when a port that the document names is taken
 * @throws `EngineMissingError` when an engine that the document names is not installed
 */
export async function planRun(source: PlanSource, context: PlanContext, former?: RunPlan): Promise<RunPlan> {
  const { system, replicas } = source
  for (const name of runEngines(system)) requireEngine(name)
  if (system.gateway.listen !== undefined && system.gateway.engine === 'envoy') requireEngine('envoy')
  const instances = instancesOf(system, replicas)
  const ports = await runPorts(system, instances, former?.ports, context.ports)
  return { ...source, instances, ports, programs: planPrograms({ ...context, system, instances, ports }) }
}
