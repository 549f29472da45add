import type { Snapshot } from '../model/snapshot.js'
import { edgeStands } from './edge-stands.js'
import type { Readings } from './readings.js'
import { serviceStands } from './service-stands.js'

/** All of a snapshot that is not drawn from metrics and processes. */
export type OtherParts = Omit<Snapshot, 'schemaVersion' | 'system' | 'services' | 'edges'>

/** Puts together what the sources have said. */
export function buildSnapshot(readings: Readings, parts: OtherParts): Snapshot {
  return {
    schemaVersion: 1,
    ...parts,
    system: readings.model?.name ?? 'system',
    services: serviceStands(readings),
    edges: edgeStands(readings),
  }
}
