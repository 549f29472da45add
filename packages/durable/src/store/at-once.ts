import { setImmediate as turn } from 'node:timers/promises'
import { StoreError } from './errors.js'
import type { Rows, StoreTransaction } from './store.js'

export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

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
    const answers = await send(asked.map(({ text, values }) => ({ text, values })))
    for (const [index, { resolve }] of asked.entries()) resolve(answers[index] ?? { rows: [] })
  } catch (error) {
    for (const { reject } of asked) reject(error)
    throw error
  }
  return await ended
}

const waitingError = (): StoreError =>
  new StoreError(
    'WT_STORE_ABORTED',
    'cannot run a statement: it must not wait for another one of its kind, since all are sent at once; use a transaction',
  )
