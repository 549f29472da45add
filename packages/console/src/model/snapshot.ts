import type { ActionStand } from './action.js'
import type { CanaryStand } from './canary-stand.js'
import type { EdgeStand } from './edge-stand.js'
import type { FaultsStand } from './fault-stand.js'
import type { MessagingStand } from './messaging-stand.js'
import type { SagaSummary, SagaWait } from './saga-summary.js'
import type { ServiceStand } from './service-stand.js'
import type { SourceStand } from './source-stand.js'
import type { SystemEvent } from './system-event.js'
import type { Told } from './told.js'
import type { TraceSummary } from './trace.js'

/** A system as it is at one time: all that the page draws. Times are milliseconds since 1970, shares 0..1. */
export interface Snapshot {
  readonly schemaVersion: 1
  /** Grows by one with each; the id of its event in the stream. */
  readonly sequence: number
  readonly at: number
  readonly system: string
  /** The time that rates and percentiles look back over. */
  readonly windowMs: number
  /** What can be replayed. */
  readonly history: { readonly from: number; readonly to: number; readonly stepMs: number }
  readonly sources: readonly SourceStand[]
  /** In the order of the document, the gateway first. */
  readonly services: readonly ServiceStand[]
  readonly edges: readonly EdgeStand[]
  /** Oldest first, at most 200. */
  readonly events: readonly SystemEvent[]
  /** Newest first, at most 50. */
  readonly traces: Told<readonly TraceSummary[]>
  /** Those that are under way or in trouble first, then the newest; at most 50. */
  readonly sagas: Told<readonly SagaSummary[]>
  /** How many sagas would go forward and wait, and for what; most first. */
  readonly waiting: Told<readonly SagaWait[]>
  readonly messaging: Told<MessagingStand>
  readonly faults: Told<FaultsStand>
  readonly canaries: readonly CanaryStand[]
  readonly actions: readonly ActionStand[]
}

/** What `GET /api/history?from&to` answers: one snapshot a step, oldest first. */
export interface HistoryPage {
  readonly steps: readonly Snapshot[]
  /** The `from` of the next page; null when there is no more. */
  readonly next: number | null
}

/** What `GET /api/series?from&to` answers: a column for each time in `at`, for lines over time. */
export interface SeriesPage {
  readonly at: readonly number[]
  readonly services: Readonly<Record<string, SignalColumns>>
  readonly edges: Readonly<Record<string, SignalColumns>>
}

export interface SignalColumns {
  readonly ratePerSecond: readonly (number | null)[]
  readonly errorShare: readonly (number | null)[]
  readonly p50Ms: readonly (number | null)[]
  readonly p99Ms: readonly (number | null)[]
}
