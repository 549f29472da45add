import type { Store } from '@watertight/durable'
import { patientStore, whenOpen } from './patient-store.js'

/** What a service opens in its database, which may be new, and still be starting. */
export interface Opening<Part> {
  /** Its statements wait for a database that is away for a moment. */
  readonly store: Store
  readonly opened: Promise<Part>
}

export function opening<Part>(given: Store, open: (store: Store) => Promise<Part>): Opening<Part> {
  const store = patientStore(given)
  const opened = (async () => {
    await whenOpen(given)
    return await open(store)
  })()
  // Whoever asks hears of it; that nobody has asked yet must not end the process.
  opened.catch(() => {})
  return { store, opened }
}
