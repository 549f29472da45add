import type { Clock } from '../../runtime/clock.js'

/** Something to close when no request needs it any more. */
export interface CloseHook {
  readonly name: string
  readonly close: () => unknown
  /** How long it may take, in milliseconds. Default 5000. */
  readonly timeoutMs?: number
}

export interface CloseResult {
  readonly name: string
  readonly outcome: 'closed' | 'failed' | 'timed out'
  readonly error?: unknown
}

const TIMEOUT_MS = 5_000

/** One after the other, in the order given: what is named first may still need what is named later. */
export async function closeInOrder(hooks: readonly CloseHook[], clock: Clock): Promise<CloseResult[]> {
  const results: CloseResult[] = []
  for (const hook of hooks) results.push(await closeOne(hook, clock))
  return results
}

function closeOne({ name, close, timeoutMs = TIMEOUT_MS }: CloseHook, clock: Clock): Promise<CloseResult> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(timeoutMs, () => resolve({ name, outcome: 'timed out' }), true)
    const settle = (result: CloseResult): void => {
      timer.cancel()
      resolve(result)
    }
    void run(close).then(
      () => settle({ name, outcome: 'closed' }),
      (error: unknown) => settle({ name, outcome: 'failed', error }),
    )
  })
}

/** A hook that throws at once has failed as one that rejects has. */
async function run(close: () => unknown): Promise<void> {
  await close()
}
