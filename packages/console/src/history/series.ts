import type { SeriesPage, SignalColumns, Snapshot } from '../model/snapshot.js'

const SIGNALS = ['ratePerSecond', 'errorShare', 'p50Ms', 'p99Ms'] as const

type Values = Readonly<Record<(typeof SIGNALS)[number], number | null>>

interface Step {
  readonly at: number
  readonly services: ReadonlyMap<string, Values>
  readonly edges: ReadonlyMap<string, Values>
}

/** Services and edges together; what comes on top is only in the snapshots. */
const DRAWN_MAX = 1_000

/** The signals of the last minutes as numbers, for lines over time: small enough to be sent as a whole. */
export class Series {
  readonly #stepsMax: number
  readonly #steps: Step[] = []

  constructor(stepsMax: number) {
    this.#stepsMax = stepsMax
  }

  add({ at, services, edges }: Snapshot): void {
    this.#steps.push({
      at,
      services: new Map(services.slice(0, DRAWN_MAX).map(({ name, signals }) => [name, valuesOf(signals)])),
      edges: new Map(edges.slice(0, DRAWN_MAX).map(({ id, signals }) => [id, valuesOf(signals)])),
    })
    if (this.#steps.length > this.#stepsMax) this.#steps.shift()
  }

  page(from: number, to: number): SeriesPage {
    const steps = this.#steps.filter(({ at }) => at >= from && at <= to)
    return {
      at: steps.map(({ at }) => at),
      services: columnsOf(steps, 'services'),
      edges: columnsOf(steps, 'edges'),
    }
  }
}

const NOTHING: Values = { ratePerSecond: null, errorShare: null, p50Ms: null, p99Ms: null }

function valuesOf(
  signals: { readonly known: true; readonly value: Values } | { readonly known: false },
): Values {
  if (!signals.known) return NOTHING
  const { ratePerSecond, errorShare, p50Ms, p99Ms } = signals.value
  return { ratePerSecond, errorShare, p50Ms, p99Ms }
}

function columnsOf(steps: readonly Step[], what: 'services' | 'edges'): Record<string, SignalColumns> {
  const names = new Set(steps.flatMap((step) => [...step[what].keys()]))
  return Object.fromEntries(
    [...names].map((name) => {
      const column = (signal: (typeof SIGNALS)[number]) =>
        steps.map((step) => step[what].get(name)?.[signal] ?? null)
      return [
        name,
        {
          ratePerSecond: column('ratePerSecond'),
          errorShare: column('errorShare'),
          p50Ms: column('p50Ms'),
          p99Ms: column('p99Ms'),
        },
      ]
    }),
  )
}
