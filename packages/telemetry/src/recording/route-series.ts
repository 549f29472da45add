import type { Counter } from '../metrics/counter.js'
import type { Histogram } from '../metrics/histogram.js'
import { OTHER } from '../metrics/label-values.js'
import type { CallOutcome } from './recorders.js'
import { withoutIds } from './without-ids.js'

/** Makes the series that are missing. */
export interface SeriesSource {
  counter(route: string, outcome: CallOutcome, status: string): Counter
  duration(route: string, outcome: CallOutcome): Histogram
  /** The duration under the names of OpenTelemetry's conventions; undefined where nobody asked for them. */
  conventional(route: string, outcome: CallOutcome, status: string): Histogram | undefined
}

/** A longer route is not a template but a path that somebody forgot to generalise. */
const ROUTE_CHARACTERS_MAX = 200

/**
 * The series of calls by route, outcome and status, found without making a key: recording a call whose series exist
 * allocates nothing. Beyond `routesMax` routes the rest is counted as `other`.
 */
export class RouteSeries {
  readonly #routes: Map<string, RouteEntry> = new Map()
  readonly #source: SeriesSource
  readonly #routesMax: number

  constructor(source: SeriesSource, routesMax: number) {
    this.#source = source
    this.#routesMax = routesMax
  }

  record(
    route: string,
    outcome: CallOutcome,
    status: number,
    durationMs: number,
    traceId: string | undefined,
  ): void {
    const entry = this.#routes.get(route) ?? this.#enter(route)
    const series = entry[outcome] ?? this.#open(entry, outcome)
    const { counter, conventional } =
      series.statuses.get(status) ?? this.#count(entry.route, outcome, series, status)
    counter.add()
    series.duration.observe(durationMs / 1_000, traceId)
    conventional?.observe(durationMs / 1_000, traceId)
  }

  #enter(given: string): RouteEntry {
    const route = withoutIds(given)
    const isRoom = this.#routes.size < this.#routesMax && route.length <= ROUTE_CHARACTERS_MAX
    const kept = isRoom || this.#routes.has(route) ? route : OTHER
    const known = this.#routes.get(kept)
    if (known !== undefined) return known
    const entry: RouteEntry = { route: kept }
    this.#routes.set(kept, entry)
    return entry
  }

  #open(entry: RouteEntry, outcome: CallOutcome): OutcomeSeries {
    const series = { duration: this.#source.duration(entry.route, outcome), statuses: new Map() }
    entry[outcome] = series
    return series
  }

  #count(route: string, outcome: CallOutcome, { statuses }: OutcomeSeries, status: number): StatusSeries {
    const valid = validStatus(status)
    const series = statuses.get(valid) ?? {
      counter: this.#source.counter(route, outcome, String(valid)),
      conventional: this.#source.conventional(route, outcome, String(valid)),
    }
    statuses.set(valid, series)
    return series
  }
}

/** A status as HTTP has it, or 0: there are too many other numbers to count each. */
export function validStatus(status: number): number {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : 0
}

type RouteEntry = { readonly route: string } & { [outcome in CallOutcome]?: OutcomeSeries }

interface OutcomeSeries {
  readonly duration: Histogram
  readonly statuses: Map<number, StatusSeries>
}
interface StatusSeries {
  readonly counter: Counter
  readonly conventional: Histogram | undefined
}
