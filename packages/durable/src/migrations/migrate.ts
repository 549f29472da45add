import { checkOptions, integer, milliseconds } from '@watertight/policy/options'
import { adoptOutbox } from '../outbox/queries/adopt-outbox.js'
import type { Store, StoreTransaction } from '../store/store.js'
import type { Migration } from './migration.js'
import { pendingMigrations } from './pending-migrations.js'
import { readMigrations } from './read-migrations.js'

export interface MigrateOptions {
  /** Up to this number. Default: all. */
  readonly to?: number
  /** How long to wait for others that migrate, and for the whole. Default 60 s. */
  readonly deadlineMs?: number
}

export interface MigrationStatus {
  /** Names of those that the database has, in order. */
  readonly applied: readonly string[]
  /** Names of those that it lacks, in order. */
  readonly pending: readonly string[]
}

// The letters `wtdr`: the advisory lock that everybody who migrates this schema takes.
const LOCK = 0x77_74_64_72

/** The migration from which on a log knows whether it was restored. */
const ORIGIN = 6

/**
 * What changes a table waits for those who are at it, and all who come then wait behind it: where a transaction stays open, it
 * lets them by and tries again.
 */
const LOCK_WAIT_MS = 500
const PAUSE_MS = 500
const LOCK_NOT_AVAILABLE = '55P03'
const DEADLINE_MS = 60_000

const HISTORY = [
  // Whoever has waited for the lock may still hold that there is no such schema, since a connection keeps what it has
  // looked up; reading the table of schemas has it look anew.
  `select from pg_catalog.pg_namespace where nspname = 'watertight'`,
  `create schema if not exists watertight`,
  `create table if not exists watertight.migration (
    number integer primary key,
    name text not null,
    applied_at timestamptz not null default now()
  )`,
]

/**
 * Brings the schema `watertight` up to date, in one transaction; safe while workers run and however many processes do it at
 * once. Resolves to what it has applied. In a database that was restored from a dump it has the log go on behind all that
 * it holds, whatever number the transactions of this Postgres have.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 *
 * @example
 *   const store = openStore('pglite:memory')
 *   await migrate(store)
 */
export async function migrate(store: Store, options: MigrateOptions = {}): Promise<MigrationStatus> {
  checkOptions('migration', options, { to: integer(0), deadlineMs: milliseconds(1) })
  const known = (await readMigrations()).filter(({ number }) => number <= (options.to ?? Infinity))
  // Most starts find nothing to do: they take no lock.
  const before = await readStatus(store, known)
  if (before.pending.length > 0) await applyPending(store, known, options)
  if (known.length >= ORIGIN) await adoptOutbox(store)
  return { applied: [...before.applied, ...before.pending], pending: [] }
}

async function applyPending(
  store: Store,
  known: readonly Migration[],
  options: MigrateOptions,
): Promise<void> {
  const until = performance.now() + (options.deadlineMs ?? DEADLINE_MS)
  for (;;) {
    try {
      return await applyAtOnce(store, known, options)
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE || performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

async function applyAtOnce(
  store: Store,
  known: readonly Migration[],
  options: MigrateOptions,
): Promise<void> {
  await store.transaction(
    async (transaction) => {
      await transaction.query('select pg_advisory_xact_lock($1)', [LOCK])
      await transaction.query(`set local lock_timeout = ${LOCK_WAIT_MS}`)
      for (const statement of HISTORY) await transaction.query(statement)
      for (const migration of pendingMigrations(known, await appliedNumbers(transaction))) {
        await apply(transaction, migration)
      }
    },
    options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs },
  )
}

/** What the database has of the schema and what it lacks; changes nothing. */
export async function migrationStatus(store: Store): Promise<MigrationStatus> {
  return await readStatus(store, await readMigrations())
}

async function readStatus(store: Store, known: readonly Migration[]): Promise<MigrationStatus> {
  const { rows } = await store.query<{ exists: boolean }>(
    `select to_regclass('watertight.migration') is not null as exists`,
  )
  const applied = rows[0]?.exists === true ? await appliedNumbers(store) : []
  const pending = pendingMigrations(known, applied).map(({ name }) => name)
  return { applied: known.map(({ name }) => name).filter((name) => !pending.includes(name)), pending }
}

async function appliedNumbers(transaction: StoreTransaction): Promise<number[]> {
  const { rows } = await transaction.query<{ number: number }>('select number from watertight.migration')
  return rows.map(({ number }) => number)
}

async function apply(transaction: StoreTransaction, { number, name, sql }: Migration): Promise<void> {
  for (const statement of statements(sql)) await transaction.query(statement)
  await transaction.query('insert into watertight.migration (number, name) values ($1, $2)', [number, name])
}

// Up to a semicolon at the end of a line, but for those in the body of a function, between dollars.
const statement = /(?:\$\$[^]*?\$\$|[^])*?(?:;\s*$|(?![^]))/gm

/** One by one, since a statement with values, and so every statement of a store, is a single one. */
function statements(sql: string): string[] {
  const all = sql.replaceAll(/^--.*$/gm, '').match(statement) ?? []
  return all.filter((one) => one.trim() !== '')
}
