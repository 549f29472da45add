import type { ReplicaStand } from '../model/service-stand.js'
import type { Told } from '../model/told.js'
import type { RunReading } from '../sources/run-source.js'

/** The processes of a service, its sidecars among them. */
export function replicaStands(run: Told<RunReading>, service: string): Told<readonly ReplicaStand[]> {
  if (!run.known) return run
  const { programs, cpuOf, memoryOf } = run.value
  const value = programs.flatMap((program): ReplicaStand[] => {
    const { name, kind, state, pid, port, restarts, upForMs } = program
    if (program.service !== service || !isReplica(kind)) return []
    const cpu = pid === null ? null : (cpuOf.get(pid) ?? null)
    const memoryBytes = pid === null ? null : (memoryOf.get(pid) ?? null)
    return [{ name, kind, state, pid, port, restarts, upForMs, cpu, memoryBytes }]
  })
  return { known: true, value }
}

function isReplica(kind: string): kind is ReplicaStand['kind'] {
  return kind === 'service' || kind === 'sidecar' || kind === 'gateway'
}
