import { WAIT, type Flow } from '../engine/flow.js'
import { fork } from '../engine/fork.js'
import type { Frame } from '../engine/frame.js'
import { RefusedOutcome } from '../engine/refused-outcome.js'
import type { EventType, Listener } from '../events/events.js'
import { discard } from '../outcome/discard.js'
import { FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { RefusalError } from '../outcome/refusal.js'
import type { Layer } from './layer.js'
import type { OperationContext } from './operation.js'
import type { Policy } from './policy.js'
import { PolicyStep } from './policy-step.js'

/** A layer of the user's as a step: what is further in is the operation that it calls. */
export class LayerStep extends PolicyStep {
  readonly name: string
  readonly #layer: Layer<unknown> & Partial<Pick<Policy<unknown>, 'on' | 'snapshot' | 'restore'>>

  constructor(layer: Layer<unknown>) {
    super()
    this.name = layer.name
    this.#layer = layer
  }

  override newSlot(): Passage {
    return { giveUp: undefined }
  }

  override enter(frame: Frame, index: number): Flow {
    const passage = frame.slots[index] as Passage
    passage.giveUp = passThrough(this.#layer, frame, index)
    return WAIT
  }

  override cancel(frame: Frame, index: number): void {
    ;(frame.slots[index] as Passage).giveUp?.()
  }

  /** Its own events too, but not how its calls end, which the pipeline tells itself. */
  override on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const stop = super.on(type, listener)
    const ends: readonly EventType[] = ['success', 'failure', 'refused', 'aborted']
    const stopOwn = ends.includes(type) ? undefined : this.#layer.on?.(type, listener)
    return () => {
      stop()
      stopOwn?.()
    }
  }

  protected override saveState(): unknown {
    return this.#layer.snapshot?.() ?? null
  }

  protected override restoreState(state: unknown): void {
    if (state !== null) this.#layer.restore?.(state as Parameters<Policy['restore']>[0])
  }
}

/** What a layer's step keeps for one call. */
interface Passage {
  giveUp: (() => void) | undefined
}

/**
 * Sends a call through a layer; answers what gives it up. Nothing of it is used again, since a layer may go on when its
 * call has gone.
 */
function passThrough(layer: Layer<unknown>, call: Frame, index: number): () => void {
  const controller = new AbortController()
  const branches = new Set<Frame>()
  /** Until the call goes on. */
  let frame: Frame | undefined = call
  /** How what is further in ended last: its kind says more than an error does. */
  let last: Pick<Frame, 'kind' | 'value' | 'error' | 'fallback'> | undefined

  const run = (context?: OperationContext): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (frame === undefined) return reject(controller.signal.reason)
      let over = false
      const attempt = frame.attempt + (context?.attempt ?? 1) - 1
      const branch = fork(frame, index, attempt, (ended) => {
        const { kind, value, error, fallback, abandoned } = ended
        over = true
        branches.delete(ended)
        ended.release()
        // What still runs of it keeps the slots that the call holds further out.
        if (abandoned !== undefined && frame !== undefined) (frame.abandoned ??= []).push(...abandoned)
        last = { kind, value, error, fallback }
        if (kind === SUCCEEDED) resolve(value)
        else reject(error)
      })
      if (!over) branches.add(branch)
    })

  const settle = (kind: Kind, value: unknown): void => {
    if (frame === undefined) {
      if (kind === SUCCEEDED) discard(value)
      return
    }
    const hasPassedOn = last?.error === value && (last?.kind === SUCCEEDED) === (kind === SUCCEEDED)
    if (last !== undefined && hasPassedOn) call.end(last.kind, last.value, last.fallback)
    else if (value instanceof RefusalError && kind === FAILED) call.end(REFUSED, new RefusedOutcome(value))
    else call.end(kind, value)
    frame = undefined
    call.resume(index, false)
  }

  new Promise((resolve) => {
    resolve(layer.execute(run, { ...call.options, signal: controller.signal }))
  }).then(
    (value) => settle(SUCCEEDED, value),
    (error: unknown) => settle(FAILED, error),
  )
  return () => {
    for (const branch of branches) branch.cancel(-1, call.kind, call.value)
    frame = undefined
    controller.abort(call.error)
  }
}
