import type { CallModel } from '@watertight/manifest'
import { addedCounts, type Counted, type CountedCalls, type TotalsWindow } from '../metrics/totals-window.js'
import type { CallTotals, ServerTotals } from '../metrics/totals.js'
import type { Told } from '../model/told.js'
import type { MeasuredPage, PageOwner } from '../sources/metrics-page.js'

/** What several replicas measured of the same thing, together. */
export interface Measured<Totals, Counts> {
  readonly totals: readonly Totals[]
  /** Null until there are two readings. */
  readonly counted: Counts | null
}

/** What is measured of a service where requests arrive: by itself, else by its sidecars, else by who knows. */
export function measuredServer(
  pages: readonly MeasuredPage[],
  service: string,
): Told<Measured<ServerTotals, Counted>> {
  const order: readonly PageOwner[] = ['service', 'gateway', 'sidecar', 'any']
  return measured(pages, service, order, {
    what: service,
    totalsOf: (page) => present(page.window.last?.servers.get(service)),
    countedOf: (page) => present(page.window.server(service)),
  })
}

/** What is measured of the calls of one service to another, to all versions of it, by whoever enforces their policy. */
export function measuredCalls(
  pages: readonly MeasuredPage[],
  { from, to }: { readonly from: string; readonly to: string },
  enforce: CallModel['enforce'] | undefined,
): Told<Measured<CallTotals, CountedCalls>> {
  const order: readonly PageOwner[] =
    enforce === 'sidecar' ? ['sidecar', 'service', 'any'] : ['service', 'gateway', 'sidecar', 'any']
  const edge = `${from}>${to}`
  return measured(pages, from, order, {
    what: `calls of ${from} to ${to}`,
    totalsOf: ({ window }) => idsOf(window, edge).flatMap((id) => present(window.last?.calls.get(id))),
    countedOf: ({ window }) => idsOf(window, edge).flatMap((id) => present(window.calls(id))),
  })
}

/** A call that is split between versions is counted for each: `gateway>order@stable`. */
function idsOf({ last }: TotalsWindow, edge: string): string[] {
  return [...(last?.calls.keys() ?? [])].filter((id) => id === edge || id.startsWith(`${edge}@`))
}

const present = <Value>(value: Value | null | undefined): readonly Value[] =>
  value === null || value === undefined ? [] : [value]

interface Reader<Totals, Counts> {
  /** For people. */
  readonly what: string
  readonly totalsOf: (page: MeasuredPage) => readonly Totals[]
  readonly countedOf: (page: MeasuredPage) => readonly Counts[]
}

function measured<Totals, Counts extends Counted>(
  pages: readonly MeasuredPage[],
  service: string,
  order: readonly PageOwner[],
  { what, totalsOf, countedOf }: Reader<Totals, Counts>,
): Told<Measured<Totals, Counts>> {
  const answering = pages.filter(({ source }) => source.told.known)
  for (const owner of order) {
    const own = answering.filter((page) => page.owner === owner && totalsOf(page).length > 0)
    if (own.length === 0) continue
    return {
      known: true,
      value: { totals: own.flatMap(totalsOf), counted: addedCounts(own.flatMap(countedOf)) },
    }
  }
  return notMeasured(pages, service, what)
}

/** Names the source that should know, and why it does not. */
function notMeasured(pages: readonly MeasuredPage[], service: string, what: string): Told<never> {
  const own = pages.filter((page) => page.service === service)
  const possible = own.length > 0 ? own : pages.filter((page) => page.service === undefined)
  const failing = possible.find(({ source }) => !source.told.known)
  if (failing !== undefined && !failing.source.told.known) return failing.source.told
  const [answers] = possible
  if (answers !== undefined) {
    const reason = `${answers.url} has no metrics of ${what}`
    return { known: false, source: answers.source.stand.name, reason }
  }
  return { known: false, source: `metrics of ${service}`, reason: 'nobody has said where its metrics are' }
}
