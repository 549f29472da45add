import type { AdminSubject } from './admin-subject.js'
import { type ClusterStand, clusterStands } from './clusters.js'
import { configDump } from './config-dump.js'
import { type FaultFacts, faultFacts } from './fault-facts.js'
import type { TapFacts } from '../tap/request-tap.js'
import { statsOf } from './stats.js'

/** What an admin listener can be asked, and what is answered: plain values, which may come from another process. */
export interface AdminFacts {
  /** Whether it takes requests. */
  ready: boolean
  /** Counts by name. */
  stats: Readonly<Record<string, number>>
  clusters: readonly ClusterStand[]
  /** All metrics, as a scrape has them. */
  metrics: { readonly contentType: string; readonly body: string }
  /** The document in force as JSON, without secrets. */
  document: string
  /** What goes wrong on purpose. */
  faults: FaultFacts
  /** The requests that have passed since the last look. */
  tap: TapFacts
  /** It takes in nothing new from now on. */
  drain: true
}

export type AdminQuestion = keyof AdminFacts

/** Whoever an admin listener speaks for. */
export interface AdminSource {
  /** `words` are what the asker of metrics takes, the change of faults that is asked for, or since when requests are. */
  ask<Q extends AdminQuestion>(what: Q, words?: string): AdminFacts[Q] | Promise<AdminFacts[Q]>
}

/** What one process knows. */
export function factsOf(
  subject: AdminSubject,
  what: AdminQuestion,
  words?: string,
): AdminFacts[AdminQuestion] {
  switch (what) {
    case 'ready':
      return subject.ready
    case 'stats':
      return statsOf(subject)
    case 'clusters':
      return clusterStands(subject.pool.destinations)
    case 'metrics':
      return subject.telemetry.expose(words)
    case 'document':
      return configDump(subject.model.document)
    case 'faults':
      return faultFacts(subject, words)
    case 'tap':
      return subject.tap.read(words)
    case 'drain':
      void subject.drainListeners()
      return true
  }
}
