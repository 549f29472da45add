import { consume, type ConsumeOptions, type Consumer } from '../events/consume.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { Store } from '../store/store.js'
import type { Choreography, ChoreographyEvents } from './choreography.js'
import {
  findMonitored,
  listMonitored,
  lockMonitored,
  stuckMonitored,
  writeMonitored,
  type MonitoredRow,
} from './queries/monitored-row.js'
import { standingOf, withOccurrence, type ChoreographyStatus, type Occurrence } from './standing.js'

/** How one choreography stands, and what has happened in it. */
export interface ChoreographyView {
  readonly id: string
  readonly status: ChoreographyStatus
  /** The steps that are to happen next, or to be undone: where it is stuck, if it is. */
  readonly waitsFor: readonly string[]
  readonly timeline: readonly Occurrence[]
  /** When the monitor last heard of it. */
  readonly movedAt: Date
}

/** Watches, and has no part in what it watches: nothing waits for it. */
export interface ChoreographyMonitor {
  find(id: string): Promise<ChoreographyView | undefined>
  /** Those that moved last come first. Default limit 100. */
  list(options?: {
    readonly status?: ChoreographyStatus
    readonly limit?: number
  }): Promise<ChoreographyView[]>
  /** Those that have not ended, and in which nothing has happened for as long as the definition says, the oldest first. */
  stuck(options?: { readonly afterMs?: number; readonly limit?: number }): Promise<ChoreographyView[]>
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

export type MonitorOptions = Pick<
  ConsumeOptions<EventTypes>,
  'batchMax' | 'broker' | 'leaseMs' | 'lingerMs' | 'onError' | 'pollMs'
>

const LIMIT = 100

/** Assembles from their events how the choreographies of one definition stand, until it is closed. */
export async function monitorChoreography<Input>(
  store: Store,
  choreography: Choreography<Input>,
  options: MonitorOptions = {},
): Promise<ChoreographyMonitor> {
  const { name, stuckAfterMs } = choreography
  const consumers: Consumer[] = []
  for (const consumption of watching(choreography, options)) consumers.push(await consume(store, consumption))
  return {
    find: async (id) => {
      const row = await findMonitored(store, name, id)
      return row && viewOf(row)
    },
    list: async ({ status, limit = LIMIT } = {}) =>
      (await listMonitored(store, name, { status: status ?? null, limit })).map(viewOf),
    stuck: async ({ afterMs = stuckAfterMs, limit = LIMIT } = {}) =>
      (await stuckMonitored(store, name, { afterMs, limit })).map(viewOf),
    close: async (closeOptions) => {
      await Promise.all(consumers.map((consumer) => consumer.close(closeOptions)))
    },
  }
}

/** What a monitor consumes. */
export function watching<Input>(
  choreography: Choreography<Input>,
  options: MonitorOptions,
): ConsumeOptions<ChoreographyEvents<Input>>[] {
  const { name, events, compensations } = choreography
  return [events, compensations].map((topic) => ({
    ...options,
    group: `${name}.monitor`,
    topic,
    handle: async ({ key: id, type, time: at, data: { because } }, transaction) => {
      if (id === null) return
      const occurrence = { type, at, ...(type === 'turned-back' ? because : {}) }
      const known = await lockMonitored(transaction, name, id)
      const timeline = withOccurrence(known.timeline, occurrence)
      await writeMonitored(transaction, name, { id, timeline, ...standingOf(choreography, timeline) })
    },
  }))
}

const viewOf = ({ movedAt, ...row }: MonitoredRow): ChoreographyView => ({
  ...row,
  movedAt: new Date(movedAt),
})
