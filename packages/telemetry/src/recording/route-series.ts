import type { Counter } from '../metrics/counter.js'
import type { Histogram } from '../metrics/histogram.js'
import { OTHER } from '../metrics/label-values.js'
import type { CallOutcome } from './recorders.js'

/** Makes the series that are missing. */
export interface SeriesSource {
  counter(route: string, outcome: CallOutcome, status: string): Counter
  duration(route: string, outcome: CallOutcome): Histogram
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
    const counter = series.statuses.get(status) ?? this.#count(entry.route, outcome, series, status)
    counter.add()
    series.duration.observe(durationMs / 1_000, traceId)
  }

  #enter(route: string): RouteEntry {
    const isRoom = this.#routes.size < this.#routesMax && route.length <= ROUTE_CHARACTERS_MAX
    const kept = isRoom ? route : OTHER
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

  #count(route: string, outcome: CallOutcome, { statuses }: OutcomeSeries, status: number): Counter {
    const valid = validStatus(status)
    const counter = statuses.get(valid) ?? this.#source.counter(route, outcome, String(valid))
    statuses.set(valid, counter)
    return counter
  }
}

/** A status as HTTP has it, or 0: there are too many other numbers to count each. */
export function validStatus(status: number): number {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : 0
}

type RouteEntry = { readonly route: string } & { [outcome in CallOutcome]?: OutcomeSeries }

interface OutcomeSeries {
  readonly duration: Histogram
  readonly statuses: Map<number, Counter>
}
