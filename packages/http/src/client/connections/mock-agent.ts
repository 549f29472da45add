import type { Dispatcher } from 'undici'

/** Where undici and the platform's `fetch` keep the dispatcher of the process. */
const globalDispatcher = Symbol.for('undici.globalDispatcher.1')

/**
 * The `MockAgent` that a test has put in place of the network for the whole process, if it has: a client that went past
 * it would call the real thing.
 */
export function mockAgent(): Dispatcher | undefined {
  const found = (globalThis as { [globalDispatcher]?: Dispatcher & { isMockActive?: unknown } })[
    globalDispatcher
  ]
  return found?.isMockActive === true ? found : undefined
}
