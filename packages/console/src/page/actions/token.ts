import { type Signal, signal } from '@preact/signals'

const KEY = 'watertight-token'

/** What changes are allowed by. It lives as long as the tab does, and is never in an address. */
export const token: Signal<string | null> = signal(readToken())

/** A question for the token that is open: what to say with it, and who waits for the answer. */
export interface TokenQuestion {
  readonly problem: string | null
  readonly answer: (given: string | null) => void
}
export const tokenQuestion: Signal<TokenQuestion | null> = signal(null)

/** Asks the reader for the token. Says whether there is one now. */
export function needToken(problem: string | null): Promise<boolean> {
  return new Promise((resolve) => {
    tokenQuestion.value?.answer(null)
    tokenQuestion.value = {
      problem,
      answer: (given) => {
        tokenQuestion.value = null
        if (given !== null) keepToken(given)
        resolve(given !== null)
      },
    }
  })
}

export function forgetToken(): void {
  token.value = null
  try {
    globalThis.sessionStorage.removeItem(KEY)
  } catch {
    // Nothing was kept then.
  }
}

function keepToken(given: string): void {
  token.value = given
  try {
    globalThis.sessionStorage.setItem(KEY, given)
  } catch {
    // It is asked for again after a reload.
  }
}

function readToken(): string | null {
  try {
    return globalThis.sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}
