/** The wish to stop, by a signal or by another command; a second signal is more urgent. */
export interface StopRequests {
  readonly first: Promise<void>
  /** Aborted by the first. */
  readonly signal: AbortSignal
  readonly second: Promise<void>
  readonly isAsked: boolean
  readonly ask: () => void
  close(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function stopRequests(): StopRequests {
  let asked = 0
  let askSecond = (): void => {}
  const asking = new AbortController()
  const first = new Promise<void>((resolve) => asking.signal.addEventListener('abort', () => resolve()))
  const second = new Promise<void>((resolve) => (askSecond = resolve))
  const ask = (): void => {
    asked += 1
    if (asked === 1) asking.abort()
    else askSecond()
  }
  for (const signal of SIGNALS) process.on(signal, ask)
  return {
    first,
    signal: asking.signal,
    second,
    get isAsked() {
      return asked > 0
    },
    ask,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, ask)
    },
  }
}
