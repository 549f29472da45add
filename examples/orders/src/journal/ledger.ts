import { isDeepStrictEqual } from 'node:util'
import { Problem } from '../http/problem.js'
import type { Journal, OpenJournal } from './journal.js'

/** One piece of work: what was asked under an idempotency key, what was answered, and whether it was undone. */
export interface LedgerEntry<Asked, Answer> {
  readonly key: string
  /** Absent when the work was undone before it was ever asked for. */
  readonly asked?: Asked
  readonly answer?: Answer
  readonly undone: boolean
}

/** A page of a ledger; `next` is where the next one starts, `null` on the last. */
export interface LedgerPage<Asked, Answer> {
  readonly entries: readonly LedgerEntry<Asked, Answer>[]
  readonly next: number | null
}

const PAGE_ENTRIES = 2_000

/**
 * Work that is done at most once per idempotency key, and can be undone: the part that reserving, charging,
 * shipping and giving points have in common.
 *
 * Undoing works at any time, also before the work arrives. It then blocks the key, so that a request that was
 * delayed on its way cannot do work which the caller has given up and undone.
 *
 * Its journal grows by some 150 bytes an order and is never compacted: a shop would keep these in a database.
 */
export class Ledger<Asked, Answer> {
  readonly #entries: Map<string, LedgerEntry<Asked, Answer>>
  readonly #journal: Journal<LedgerEntry<Asked, Answer>>
  readonly #apply: (entry: LedgerEntry<Asked, Answer>) => void

  private constructor(
    entries: Map<string, LedgerEntry<Asked, Answer>>,
    journal: Journal<LedgerEntry<Asked, Answer>>,
    apply: (entry: LedgerEntry<Asked, Answer>) => void,
  ) {
    this.#entries = entries
    this.#journal = journal
    this.#apply = apply
  }

  /** Opens the ledger kept in the journal of this name; `apply` is told of every change, those replayed included. */
  static async open<Asked, Answer>(
    openJournal: OpenJournal,
    name: string,
    apply: (entry: LedgerEntry<Asked, Answer>) => void = () => {},
  ): Promise<Ledger<Asked, Answer>> {
    const entries = new Map<string, LedgerEntry<Asked, Answer>>()
    const journal = await openJournal<LedgerEntry<Asked, Answer>>(name, (entry) => {
      entries.set(entry.key, entry)
      apply(entry)
    })
    return new Ledger(entries, journal, apply)
  }

  /**
   * Does the work of `decide` unless it was done before under this key, and resolves to the answer once that is
   * on disk.
   *
   * @throws {@link Problem} 409 when the key was undone, 422 when it was used for something else
   */
  async once(key: string, asked: Asked, decide: () => Answer): Promise<Answer> {
    const known = this.#entries.get(key)
    if (known === undefined) {
      const answer = decide()
      await this.#record({ key, asked, answer, undone: false })
      return answer
    }
    // The first request under this key may still wait for the disk.
    await this.#journal.settled()
    if (known.undone) throw new Problem(409, 'undone', `what was asked under key ${key} has been undone`)
    if (!isDeepStrictEqual(known.asked, asked)) {
      throw new Problem(422, 'key-reused', `key ${key} was used before with another request`)
    }
    return known.answer as Answer
  }

  /** Undoes the work done under `key`, if any, and keeps it from being done later. Harmless when repeated. */
  async undo(key: string): Promise<void> {
    const known = this.#entries.get(key)
    if (known?.undone === true) return this.#journal.settled()
    await this.#record({ key, ...known, undone: true })
  }

  page(from: number): LedgerPage<Asked, Answer> {
    const entries = [...this.#entries.values()].slice(from, from + PAGE_ENTRIES)
    const next = from + entries.length
    return { entries, next: next < this.#entries.size ? next : null }
  }

  get size(): number {
    return this.#entries.size
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  /**
   * Memory first, so that a second request under the same key finds it; nobody hears of it before the disk has it.
   * When the disk fails, memory is ahead of it: the process ends, and its restart replays what is true.
   */
  async #record(entry: LedgerEntry<Asked, Answer>): Promise<void> {
    this.#entries.set(entry.key, entry)
    this.#apply(entry)
    try {
      await this.#journal.append(entry)
    } catch (error) {
      setImmediate(() => {
        throw error
      })
      throw error
    }
  }
}
