import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Snapshot } from '../../model/snapshot.js'
import { readAddress, type ViewAddress, writeAddress } from './view-address.js'

/** `lost` tries again by itself; `behind` is open, and nothing has come for longer than it should. */
export type Connection = 'connecting' | 'open' | 'lost'

/** The system as it is now, as far as the page has been told. */
export const live: Signal<Snapshot | null> = signal(null)
/** The system as it was at the moment that the address names. */
export const replayed: Signal<Snapshot | null> = signal(null)
export const connection: Signal<Connection> = signal('connecting')
export const view: Signal<ViewAddress> = signal(readAddress(globalThis.location.search))

export const isLive: ReadonlySignal<boolean> = computed(() => view.value.at === null)
/** What the page draws. */
export const shown: ReadonlySignal<Snapshot | null> = computed(() =>
  isLive.value ? live.value : replayed.value,
)

/** Changes what is shown, and the address with it. Where the reader goes is a step back; how time passes is none. */
export function show(change: Partial<ViewAddress>): void {
  const before = view.value
  view.value = { ...before, ...change }
  const address = globalThis.location.pathname + writeAddress(view.value)
  const isStep = Object.keys(change).some((key) => key !== 'at')
  if (isStep) globalThis.history.pushState(null, '', address)
  else globalThis.history.replaceState(null, '', address)
}

/** Follows the browser's own way back. */
export function followAddress(): void {
  globalThis.addEventListener('popstate', () => {
    view.value = readAddress(globalThis.location.search)
  })
}
