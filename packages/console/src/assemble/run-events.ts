import { describeEvent, type RecordedEvent, type RunEvent } from '@watertight/supervisor'
import type { SystemEvent } from '../model/system-event.js'
import type { EventLog } from './event-log.js'

/** Tells what the supervisor did. `serviceOf` says which service a program belongs to. */
export function logRunEvents(
  log: EventLog,
  events: readonly RecordedEvent[],
  serviceOf: (program: string) => string | undefined,
): void {
  for (const { at, event } of events) {
    const how = HOW[event.kind]
    if (how === undefined) continue
    const program = 'program' in event ? event.program : undefined
    const service = 'service' in event ? event.service : program === undefined ? null : serviceOf(program)
    const [text] = describeEvent(event).split('\n', 1)
    log.add({
      at,
      ...how,
      service: service ?? program ?? null,
      edge: null,
      text: program === undefined ? `${text}` : `${program} ${text}`,
    })
  }
}

/** What is worth a place on the axis of time, and how bad it is. */
const HOW: Partial<Record<RunEvent['kind'], Pick<SystemEvent, 'kind' | 'level'>>> = {
  ready: { kind: 'process', level: 'info' },
  replaced: { kind: 'process', level: 'info' },
  back: { kind: 'process', level: 'info' },
  slow: { kind: 'process', level: 'warning' },
  died: { kind: 'process', level: 'critical' },
  hung: { kind: 'process', level: 'critical' },
  'crash-loop': { kind: 'process', level: 'critical' },
  stopping: { kind: 'process', level: 'info' },
  scaled: { kind: 'scaling', level: 'info' },
  document: { kind: 'deployment', level: 'info' },
}
