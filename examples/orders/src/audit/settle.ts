import { setTimeout as sleep } from 'node:timers/promises'
import { audit } from './audit.js'
import { collectBooks, type Books, type BooksSource } from './books.js'

const POLL_MS = 100

const noBooks: Books = {
  orders: [],
  reservations: [],
  charges: [],
  shipments: [],
  stock: [],
  acknowledged: [],
  accepted: [],
}

/** Orders that have not ended, and events that are on their way to the broker. */
interface Unfinished {
  readonly unfinished: number
  readonly untold: number
}

/** The books once nothing is under way any more, and what does not balance in them. */
export interface SettledBooks {
  readonly books: Books
  readonly findings: readonly string[]
}

/**
 * Waits until every order is confirmed or cancelled and shipping has heard of all, and audits the books. What is still under way after
 * `deadlineMs` shows up as a finding. A service that is being restarted is asked again until then;
 * if it does not come back, its books cannot be read, which is a finding too.
 */
export async function settleBooks(
  source: BooksSource,
  acknowledged: readonly string[],
  deadlineMs: number,
  accepted: readonly string[] = [],
): Promise<SettledBooks> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const isLate = performance.now() >= end
    try {
      const { unfinished, untold } = await source.get<Unfinished>('order', '/internal/unfinished')
      const { unhandled } = await source.get<{ unhandled: number }>('shipping', '/internal/unhandled')
      if (unfinished + untold + unhandled === 0 || isLate) {
        const books = await collectBooks(source, acknowledged, accepted)
        return { books, findings: audit(books) }
      }
    } catch (error) {
      if (isLate) return { books: noBooks, findings: [(error as Error).message] }
    }
    await sleep(POLL_MS)
  }
}
