import { effect, type Signal, signal } from '@preact/signals'
import type { HistoryPage } from '../../model/snapshot.js'
import { live, replayed, show, view } from '../state/shown.js'
import { ask } from '../stream/ask.js'
import { Tape } from './tape.js'

const STEP_MS = 1_000

/** How many times faster than the clock the past is played; 0 stands still. */
export const speed: Signal<number> = signal(0)
/** Why the moment of the address cannot be shown; null when it can. */
export const replayFailure: Signal<string | null> = signal(null)

const tape = new Tape((from, to) =>
  ask<HistoryPage>(`api/history?from=${Math.round(from)}&to=${Math.round(to)}`),
)

/** Stops at the moment that is shown. */
export function pause(): void {
  const at = live.value?.at
  if (at !== undefined) show({ at })
}

/** Follows the system again. */
export function goLive(): void {
  speed.value = 0
  show({ at: null })
}

/** Goes to a moment, no further than what is kept. */
export function goTo(moment: number): void {
  const history = live.value?.history
  if (history === undefined) return
  show({ at: Math.round(Math.min(history.to, Math.max(history.from, moment))) })
}

/** Draws the moment that the address names, and moves it on while it is played. */
export function followReplay(): void {
  effect(() => {
    const { at } = view.value
    // The page learns from the first snapshot how far the past goes back, but a link is not kept waiting for it.
    if (at === null) {
      replayFailure.value = null
      return
    }
    const stepMs = live.peek()?.history.stepMs ?? STEP_MS
    tape.at(at, stepMs).then(
      (snapshot) => {
        if (view.peek().at !== at) return
        replayFailure.value = snapshot === null ? 'nothing of that moment is kept any more' : null
        if (snapshot !== null) replayed.value = snapshot
      },
      (error: unknown) => {
        replayFailure.value = error instanceof Error ? error.message : String(error)
      },
    )
  })
  effect(() => {
    const factor = speed.value
    if (factor === 0) return
    const timer = globalThis.setInterval(() => {
      const { at } = view.peek()
      const end = live.peek()?.history.to
      if (at === null || end === undefined || at + STEP_MS * factor > end) goLive()
      else show({ at: at + STEP_MS * factor })
    }, STEP_MS)
    return () => globalThis.clearInterval(timer)
  })
}
