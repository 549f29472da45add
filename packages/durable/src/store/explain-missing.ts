/** No such table, schema, function or column. */
const MISSING: ReadonlySet<unknown> = new Set(['42P01', '3F000', '42883', '42703'])

const ADVICE =
  'the schema watertight is missing here or older than this version: run migrate(store), or watertight migrate up'

/** What the database says when it lacks the schema, or part of it, tells of a name that its reader has not written: says what to do. */
export function explainMissing(error: unknown): unknown {
  if (!(error instanceof Error) || !MISSING.has((error as Error & { code?: unknown }).code)) return error
  if (/\bwatertight\b/.test(error.message) && !error.message.endsWith(ADVICE)) error.message += `; ${ADVICE}`
  return error
}
