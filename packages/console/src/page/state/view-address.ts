/** What of the page is in its address, so that a link shows another person the same thing. The token never is. */
export interface ViewAddress {
  /** The service, `payment`, or the edge, `order>payment`, whose panel is open. */
  readonly selected: string | null
  readonly tab: Tab
  /** The open trace. */
  readonly trace: string | null
  /** The open saga. */
  readonly saga: string | null
  readonly calls: 'graph' | 'table'
  /** The moment that is shown, in milliseconds since 1970; null follows the system live. */
  readonly at: number | null
}

export const TABS = ['traces', 'sagas', 'messages', 'faults', 'events', 'releases'] as const
export type Tab = (typeof TABS)[number]

export const firstView: ViewAddress = {
  selected: null,
  tab: 'traces',
  trace: null,
  saga: null,
  calls: 'graph',
  at: null,
}

/** Reads `?select=payment&tab=sagas&at=1764331200000`. What it does not know or cannot read, it leaves out. */
export function readAddress(search: string): ViewAddress {
  const words = new URLSearchParams(search)
  const at = Number(words.get('at') ?? Number.NaN)
  const tab = words.get('tab')
  return {
    selected: words.get('select') || null,
    tab: TABS.find((one) => one === tab) ?? firstView.tab,
    trace: words.get('trace') || null,
    saga: words.get('saga') || null,
    calls: words.get('calls') === 'table' ? 'table' : 'graph',
    at: Number.isSafeInteger(at) && at > 0 ? at : null,
  }
}

/** The search part of the address of a view, empty for the first one. */
export function writeAddress(view: ViewAddress): string {
  const words = new URLSearchParams()
  if (view.selected !== null) words.set('select', view.selected)
  if (view.tab !== firstView.tab) words.set('tab', view.tab)
  if (view.trace !== null) words.set('trace', view.trace)
  if (view.saga !== null) words.set('saga', view.saga)
  if (view.calls !== firstView.calls) words.set('calls', view.calls)
  if (view.at !== null) words.set('at', String(view.at))
  const text = words.toString()
  return text === '' ? '' : `?${text}`
}
