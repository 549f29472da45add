import { setImmediate as turn } from 'node:timers/promises'
import { joinCalls } from './calls.js'
import { StoreError } from './errors.js'
import type { Statement } from './statement.js'
import type { Rows, StoreTransaction } from './store.js'

/** A statement that somebody waits for. */
interface AskedStatement extends Statement {
  readonly resolve: (answer: Rows<never>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects the statements that `work` asks for in one turn of the event loop, has them sent together, and hands out their
 * answers. Whatever asks later has waited for an answer, which is there only when all is committed: it is refused.
 */
export async function sendAtOnce<Results extends readonly unknown[]>(
  work: (transaction: StoreTransaction) => { readonly [Index in keyof Results]: Promise<Results[Index]> },
  send: (statements: readonly Statement[]) => Promise<readonly Rows<never>[]>,
): Promise<Results> {
  const asked: AskedStatement[] = []
  let isSent = false
  const results = work({
    query: async (text, values = []) => {
      if (isSent) throw waitingError()
      return await new Promise((resolve, reject) => asked.push({ text, values, resolve, reject }))
    },
  })
  const ended = Promise.all(results) as unknown as Promise<Results>
  // Heard below; what fails before anything is sent must not count as heard by nobody meanwhile.
  ended.catch(() => {})
  await Promise.race([turn(), ended])
  isSent = true
  try {
    const { statements, answeredBy } = joinCalls(asked)
    const answers = await send(statements)
    for (const [index, { resolve }] of asked.entries()) resolve(answers[answeredBy[index]!] ?? { rows: [] })
  } catch (error) {
    const told = meaningOf(results, error)
    for (const { reject } of asked) reject(error)
    throw await told
  }
  return await ended
}

/** What the failure is called by whoever asked for the statement: that one may know what it means. */
async function meaningOf(results: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  const meanings: unknown[] = []
  for (const result of results) Promise.resolve(result).catch((meaning: unknown) => meanings.push(meaning))
  await turn()
  return meanings.find((meaning) => meaning !== error) ?? error
}

const waitingError = (): StoreError =>
  new StoreError(
    'WT_STORE_ABORTED',
    'cannot run a statement: it must not wait for another one of its kind, since all are sent at once; use a transaction',
  )
