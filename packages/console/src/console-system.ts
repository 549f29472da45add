import { dirname, join } from 'node:path'
import type { ProgramStatus } from '@watertight/supervisor'
import type { Action } from './actions/action.js'
import { runActions } from './actions/run-actions.js'
import { LiveFeed } from './api/live-feed.js'
import { buildSnapshot } from './assemble/build-snapshot.js'
import { canaryStands } from './assemble/canary-stands.js'
import { EventLog } from './assemble/event-log.js'
import { logMetricEvents } from './assemble/metric-events.js'
import { logRunEvents } from './assemble/run-events.js'
import type { ConsoleOptions } from './console-options.js'
import { History } from './history/history.js'
import { Series } from './history/series.js'
import type { Snapshot } from './model/snapshot.js'
import type { Told } from './model/told.js'
import { DocumentSource } from './sources/document-source.js'
import { MetricsPages, pagesOfRun } from './sources/metrics-pages.js'
import { RunSource } from './sources/run-source.js'

const WINDOW_MS = 10_000
const HISTORY_MS = 15 * 60_000
const HISTORY_BYTES_MAX = 32 * 1024 * 1024

/** The system that a console shows: its sources, what they have said, and what can be done to it. */
export class ConsoleSystem {
  readonly feed: LiveFeed = new LiveFeed()
  readonly history: History
  readonly series: Series
  readonly actions: readonly Action[]
  readonly events: EventLog = new EventLog()
  readonly document: DocumentSource | undefined
  readonly run: RunSource | undefined
  readonly pages: MetricsPages
  readonly #stepMs: number
  #sequence = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConsoleOptions) {
    const { manifest, stepMs = 1_000, deadlineMs = 2_000 } = options
    const rhythm = { everyMs: stepMs, deadlineMs }
    this.#stepMs = stepMs
    this.history = new History({ lengthMs: HISTORY_MS, stepMs, bytesMax: HISTORY_BYTES_MAX })
    this.series = new Series(Math.ceil(HISTORY_MS / stepMs))
    this.pages = new MetricsPages({
      ...rhythm,
      windowMs: WINDOW_MS,
      onChange: (instance, before, now) => logMetricEvents(this.events, instance, before, now),
    })
    if (manifest !== undefined) {
      this.document = new DocumentSource(manifest, rhythm)
      this.run = new RunSource(join(dirname(manifest), '.watertight'), {
        ...rhythm,
        onEvents: (events, programs) => logRunEvents(this.events, events, serviceOf(programs)),
      })
    }
    this.actions = runActions(this.run)
  }

  start(): void {
    this.document?.source.start()
    this.run?.source.start()
    this.#step()
    this.#timer = setInterval(() => this.#step(), this.#stepMs)
  }

  close(): void {
    clearInterval(this.#timer)
    this.document?.source.close()
    this.run?.source.close()
    this.pages.close()
  }

  #step(): void {
    const run = this.run?.source.told
    this.pages.read(run?.known === true ? pagesOfRun(run.value.programs) : [])
    const snapshot = this.#snapshot()
    this.feed.publish(snapshot)
    this.history.add(snapshot)
    this.series.add(snapshot)
  }

  #snapshot(): Snapshot {
    this.#sequence += 1
    const at = Date.now()
    const model = this.document?.last?.system.model
    const { range } = this.history
    return buildSnapshot(
      { model, run: this.run?.source.told ?? noDocument, pages: this.pages.all },
      {
        sequence: this.#sequence,
        at,
        windowMs: WINDOW_MS,
        history: { from: range.from === 0 ? at : range.from, to: at, stepMs: range.stepMs },
        sources: [
          ...[this.document?.source.stand, this.run?.source.stand].flatMap((stand) => stand ?? []),
          ...this.pages.all.map(({ source }) => source.stand),
        ],
        events: this.events.events,
        traces: { known: false, source: 'traces', reason: 'nothing has been sent here' },
        sagas: noStore,
        messaging: noStore,
        faults: { known: false, source: 'supervisor', reason: 'no document is named' },
        canaries: canaryStands(model),
        actions: this.actions.map((action) => {
          const reason = action.obstacle()
          return { name: action.name, isPossible: reason === null, reason }
        }),
      },
    )
  }
}

const noDocument: Told<never> = {
  known: false,
  source: 'supervisor',
  reason: 'no document is named, so no run can be found',
}

const noStore: Told<never> = {
  known: false,
  source: 'store',
  reason: 'no store is named, neither by --store nor in the document',
}

function serviceOf(programs: readonly ProgramStatus[]): (program: string) => string | undefined {
  return (program) => programs.find(({ name }) => name === program)?.service
}
