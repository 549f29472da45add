import type { Migration } from './migration.js'

/**
 * Those of `known` that a database with `applied` lacks, in order. What it has beyond them is left alone: while a release
 * rolls out, older processes start on a schema that a newer one has moved up.
 */
export function pendingMigrations(known: readonly Migration[], applied: readonly number[]): Migration[] {
  return known
    .filter(({ number }) => !applied.includes(number))
    .toSorted((one, other) => one.number - other.number)
}
