import { dirname, join } from 'node:path'
import type { ProgramStatus } from '@watertight/supervisor'
import type { Action } from './actions/action.js'
import { AllFaults } from './actions/all-faults.js'
import { CallFaults } from './actions/call-faults.js'
import { ProcessFaults } from './actions/process-faults.js'
import { runActions } from './actions/run-actions.js'
import { setCanary } from './actions/set-canary.js'
import { storeActions } from './actions/store-actions.js'
import { LiveFeed } from './api/live-feed.js'
import { buildSnapshot } from './assemble/build-snapshot.js'
import { canaryStands } from './assemble/canary-stands.js'
import { EventLog } from './assemble/event-log.js'
import { logMetricEvents } from './assemble/metric-events.js'
import { logRunEvents } from './assemble/run-events.js'
import type { ConsoleOptions } from './console-options.js'
import { History } from './history/history.js'
import { Series } from './history/series.js'
import type { EndpointStand, ServicePanel } from './model/service-panel.js'
import type { Snapshot } from './model/snapshot.js'
import type { Told } from './model/told.js'
import { DocumentSource } from './sources/document-source.js'
import { readEndpoints } from './sources/read-endpoints.js'
import {
  MetricsPages,
  type MetricsPagesOptions,
  type PagePlace,
  pagesOfAdmins,
  pagesOfRun,
} from './sources/metrics-pages.js'
import type { MeasuredPage } from './sources/metrics-page.js'
import { PrometheusSource } from './sources/prometheus-source.js'
import { RunSource } from './sources/run-source.js'
import { StoreSource } from './sources/store-source.js'
import { TraceSource } from './traces/trace-source.js'

const WINDOW_MS = 10_000
/** A Prometheus scrapes every 15 seconds, or every minute: what it has grows in steps. */
const SCRAPED_WINDOW_MS = 120_000
/** Asking it more often than it scrapes tells nothing new. */
const SCRAPED_STEPS = 5
const HISTORY_MS = 15 * 60_000
const LOG_LINES = 50
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
  readonly prometheus: PrometheusSource | undefined
  readonly store: StoreSource | undefined
  readonly traces: TraceSource
  readonly #faults: AllFaults
  readonly #callFaults: CallFaults
  readonly #admins: readonly PagePlace[]
  readonly #deadlineMs: number
  readonly #stepMs: number
  readonly #windowMs: number
  readonly #tracesAreNamed: boolean
  #sequence = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConsoleOptions) {
    const { manifest, profile, stepMs = 1_000, deadlineMs = 2_000 } = options
    const rhythm = { everyMs: stepMs, deadlineMs }
    this.#stepMs = stepMs
    this.history = new History({ lengthMs: HISTORY_MS, stepMs, bytesMax: HISTORY_BYTES_MAX })
    this.series = new Series(Math.ceil(HISTORY_MS / stepMs))
    this.#windowMs = options.prometheus === undefined ? WINDOW_MS : SCRAPED_WINDOW_MS
    const measuring: MetricsPagesOptions = {
      ...rhythm,
      windowMs: this.#windowMs,
      onChange: (instance, before, now) => logMetricEvents(this.events, instance, before, now),
    }
    this.pages = new MetricsPages(measuring)
    if (options.prometheus !== undefined)
      this.prometheus = new PrometheusSource(options.prometheus, {
        ...measuring,
        everyMs: stepMs * SCRAPED_STEPS,
      })
    if (manifest !== undefined) {
      this.document = new DocumentSource(manifest, profile, rhythm)
      this.run = new RunSource(options.folder ?? join(dirname(manifest), '.watertight'), {
        ...rhythm,
        onEvents: (events, programs) => logRunEvents(this.events, events, serviceOf(programs)),
      })
    }
    this.store = options.store === undefined ? undefined : new StoreSource(options.store, rhythm)
    this.traces = new TraceSource(options.traces, rhythm)
    this.#tracesAreNamed = options.traces !== undefined
    this.#admins = pagesOfAdmins(options.admins ?? [])
    this.#callFaults = new CallFaults(() => this.#places(), this.events, rhythm)
    this.#faults = new AllFaults(new ProcessFaults(this.run), this.#callFaults)
    this.#deadlineMs = deadlineMs
    this.actions = [
      ...runActions(this.run),
      ...storeActions(this.store),
      ...this.#faults.actions(),
      setCanary(manifest),
    ]
  }

  /** Resolves once there is a first snapshot, which knows the document. */
  async start(): Promise<void> {
    void this.run?.source.start()
    void this.store?.source.start()
    void this.prometheus?.source.start()
    void this.#callFaults.source.source.start()
    await this.document?.source.start()
    this.#step()
    this.#timer = setInterval(() => this.#step(), this.#stepMs)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.document?.source.close()
    this.run?.source.close()
    this.#callFaults.source.source.close()
    this.prometheus?.source.close()
    this.pages.close()
    this.traces.close()
    await this.store?.close()
  }

  /** Asks the proxies now. */
  async endpoints(service: string): Promise<Told<readonly EndpointStand[]>> {
    const proxies = this.#places().filter(({ owner }) => owner !== 'service')
    return await readEndpoints(proxies, service, this.#deadlineMs)
  }

  /** The last lines that the processes of a service wrote. */
  async log(service: string): Promise<ServicePanel['log']> {
    const run = this.run?.source.told ?? noDocument
    if (!run.known || this.run === undefined) return run.known ? noDocument : run
    const names = run.value.programs.filter((program) => program.service === service).map(({ name }) => name)
    const client = await this.run.client()
    const lines: { program: string; line: string }[] = []
    const signal = AbortSignal.timeout(this.#deadlineMs)
    for (const program of names)
      for await (const line of client.logs({ program, lines: LOG_LINES, follow: false, signal }))
        lines.push(line)
    return { known: true, value: lines }
  }

  #places(): PagePlace[] {
    const run = this.run?.source.told
    return [...(run?.known === true ? pagesOfRun(run.value.programs) : []), ...this.#admins]
  }

  /** What is scraped is not read a second time. */
  get #measured(): readonly MeasuredPage[] {
    return this.prometheus?.pages ?? this.pages.all
  }

  /** Spans go to the Jaeger of the run, where it has one. */
  #findTraces(): void {
    const run = this.run?.source.told
    if (this.#tracesAreNamed || run?.known !== true) return
    const jaeger = run.value.programs.find(({ kind, name }) => kind === 'engine' && name === 'jaeger')
    if (jaeger !== undefined) this.traces.read(`http://127.0.0.1:${jaeger.port}`)
  }

  #step(): void {
    this.#findTraces()
    if (this.prometheus === undefined) this.pages.read(this.#places())
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
    const store = this.store?.source.told ?? noStore
    return buildSnapshot(
      { model, run: this.run?.source.told ?? noDocument, pages: this.#measured },
      {
        sequence: this.#sequence,
        at,
        windowMs: this.#windowMs,
        history: { from: range.from === 0 ? at : range.from, to: at, stepMs: range.stepMs },
        sources: [
          ...[this.document, this.run, this.store, this.prometheus].flatMap((one) => one?.source.stand ?? []),
          this.traces.stand,
          ...this.pages.all.map(({ source }) => source.stand),
        ],
        events: this.events.events,
        traces: this.traces.told,
        sagas: store.known ? { known: true, value: store.value.sagas } : store,
        waiting: store.known ? { known: true, value: store.value.waiting } : store,
        messaging: store.known ? { known: true, value: store.value.messaging } : store,
        faults: this.#faults.told,
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
