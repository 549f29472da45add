import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from './ask.js'

/** What an address answered last, and why it does not answer now. */
export interface Asked<Answer> {
  readonly answer: Answer | null
  readonly failure: string | null
}

/** Asks an address when it is first shown, and again every `everyMs` while it is; null asks nothing. */
export function useAsked<Answer>(path: string | null, everyMs: number): Signal<Asked<Answer>> {
  const asked = useSignal<Asked<Answer>>({ answer: null, failure: null })
  useEffect(() => {
    let isOver = false
    let timer = 0
    asked.value = { answer: null, failure: null }
    const askAgain = async (): Promise<void> => {
      try {
        if (path === null) return
        const answer = await ask<Answer>(path)
        if (!isOver) asked.value = { answer, failure: null }
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error)
        if (!isOver) asked.value = { answer: asked.peek().answer, failure }
      } finally {
        if (!isOver && path !== null) timer = globalThis.setTimeout(() => void askAgain(), everyMs)
      }
    }
    void askAgain()
    return () => {
      isOver = true
      globalThis.clearTimeout(timer)
    }
  }, [path, everyMs])
  return asked
}
