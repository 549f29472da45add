import type { Store, StoreTransaction } from '@watertight/durable'
import { createTables } from '../database/create-tables.js'
import type { OpenJournal } from '../journal/journal.js'
import type { LedgerEntry, LedgerPage } from '../journal/ledger.js'

const PAGE_CHARGES = 2_000

export interface Charge {
  readonly orderId: string
  readonly amountCents: number
  readonly currency: string
  readonly card: string
}

type Answer = 'charged' | 'declined'
type Entry = LedgerEntry<Charge, Answer>

interface Row {
  readonly number: number
  readonly key: string
  readonly asked: Charge | null
  readonly answer: Answer | null
  readonly undone: boolean
}

/**
 * The charges: what was asked under each key, what came of it, and whether it was undone. Undoing works at any time, also
 * before the charge arrives, and then keeps it from being made.
 */
export class ChargeStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Makes the table; what an earlier version has kept in a journal is taken over. */
  async open(openJournal: OpenJournal): Promise<void> {
    await createTables(this.#store, [
      `create table if not exists charges (
        number serial primary key,
        key    text not null unique,
        asked  jsonb,
        answer text,
        undone boolean not null default false
      )`,
    ])
    const former = new Map<string, Entry>()
    const journal = await openJournal<Entry>('charges', (entry) => former.set(entry.key, entry))
    await journal.close()
    const { rows } = await this.#store.query('select 1 from charges limit 1')
    if (former.size === 0 || rows.length > 0) return
    await this.#store.query(
      `insert into charges (key, asked, answer, undone)
       select key, asked, answer, undone from jsonb_to_recordset($1::text::jsonb)
         as entry (key text, asked jsonb, answer text, undone boolean)
       on conflict (key) do nothing`,
      [JSON.stringify([...former.values()])],
    )
  }

  /**
   * The card is charged, and `keep` keeps the answer in the same transaction. Resolves to what came of it, where the charge was
   * asked for, or undone, before: then nothing is kept.
   */
  async charge(
    key: string,
    charge: Charge,
    keep: (transaction: StoreTransaction, answer: Answer) => Promise<void>,
  ): Promise<Answer | 'undone'> {
    const answer = answerTo(charge)
    const values = [key, JSON.stringify(charge), answer]
    try {
      await this.#store.atOnce((transaction) => [
        transaction.query('insert into charges (key, asked, answer) values ($1, $2, $3)', values),
        keep(transaction, answer),
      ])
      return answer
    } catch (error) {
      if ((error as { constraint?: unknown }).constraint !== 'charges_key_key') throw error
    }
    const { rows } = await this.#store.query<Pick<Row, 'answer' | 'undone'>>(
      'select answer, undone from charges where key = $1',
      [key],
    )
    return rows[0]?.undone === true ? 'undone' : (rows[0]?.answer ?? answer)
  }

  /** Within a transaction in which no answer is kept; one that was made before is made once. */
  async chargeIn(transaction: StoreTransaction, key: string, charge: Charge): Promise<Answer> {
    const answer = answerTo(charge)
    if (answer === 'declined') return answer
    await transaction.query(
      'insert into charges (key, asked, answer) values ($1, $2, $3) on conflict (key) do nothing',
      [key, JSON.stringify(charge), answer],
    )
    return answer
  }

  async undo(key: string, within?: StoreTransaction): Promise<void> {
    await (within ?? this.#store).query(
      'insert into charges (key, undone) values ($1, true) on conflict (key) do update set undone = true',
      [key],
    )
  }

  async page(from: number): Promise<LedgerPage<Charge, Answer>> {
    const { rows } = await this.#store.query<Row>(
      'select * from charges where number >= $1 order by number limit $2',
      [from, PAGE_CHARGES],
    )
    const last = rows.at(-1)
    return {
      entries: rows.map(({ key, asked, answer, undone }) => ({
        key,
        undone,
        ...(asked === null ? {} : { asked }),
        ...(answer === null ? {} : { answer }),
      })),
      next: rows.length < PAGE_CHARGES || last === undefined ? null : last.number + 1,
    }
  }
}

function answerTo({ card }: Charge): Answer {
  return card === 'tok_declined' ? 'declined' : 'charged'
}
