import { WAIT, type Flow } from '../engine/flow.js'
import { fork } from '../engine/fork.js'
import type { Frame } from '../engine/frame.js'
import type { EventType, Listener } from '../events/events.js'
import { discard } from '../outcome/discard.js'
import { FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { RefusalError } from '../outcome/refusal.js'
import type { Layer } from './layer.js'
import type { CallOptions, OperationContext } from './operation.js'
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

  override newSlot(): { passage: Passage | undefined } {
    return { passage: undefined }
  }

  override enter(frame: Frame, index: number): Flow {
    const passage = new Passage(frame, index)
    const slot = frame.slots[index] as { passage: Passage | undefined }
    slot.passage = passage
    passage.start(this.#layer)
    return WAIT
  }

  override cancel(frame: Frame, index: number): void {
    const slot = frame.slots[index] as { passage: Passage | undefined }
    slot.passage?.giveUp(frame)
    slot.passage = undefined
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

/** One call on its way through a layer. A new one for each, since a layer may go on when its call has gone. */
class Passage {
  #frame: Frame | undefined
  readonly #index: number
  readonly #branches: Set<Frame> = new Set()
  #controller: AbortController | undefined = undefined
  /** How what is further in ended last: its kind says more than an error does. */
  #kind: Kind = FAILED
  #end: unknown = undefined
  #fallback: boolean = false

  constructor(frame: Frame, index: number) {
    this.#frame = frame
    this.#index = index
  }

  start(layer: Layer<unknown>): void {
    const { options } = this.#frame!
    this.#controller = new AbortController()
    const { signal } = this.#controller
    const own: CallOptions = { ...options, signal }
    new Promise((resolve) => resolve(layer.execute((context) => this.#run(context), own))).then(
      (value) => this.#settle(SUCCEEDED, value),
      (error: unknown) => this.#settle(error instanceof RefusalError ? REFUSED : FAILED, error),
    )
  }

  giveUp({ kind, value, error }: Frame): void {
    for (const branch of this.#branches) branch.cancel(-1, kind, value)
    this.#frame = undefined
    this.#controller?.abort(error)
  }

  #run(context: OperationContext | undefined): Promise<unknown> {
    const frame = this.#frame
    if (frame === undefined) return Promise.reject(this.#controller!.signal.reason)
    const attempt = frame.attempt + (context?.attempt ?? 1) - 1
    return new Promise((resolve, reject) => {
      let over = false
      const branch = fork(frame, this.#index, attempt, (ended) => {
        over = true
        this.#branches.delete(ended)
        const { kind, value, fallback, abandoned } = ended
        const end = kind === SUCCEEDED ? value : ended.error
        ended.release()
        // What still runs of it keeps the slots that the call holds further out.
        if (abandoned !== undefined && this.#frame !== undefined)
          (this.#frame.abandoned ??= []).push(...abandoned)
        this.#kind = kind
        this.#end = end
        this.#fallback = fallback
        if (kind === SUCCEEDED) resolve(end)
        else reject(end)
      })
      if (!over) this.#branches.add(branch)
    })
  }

  #settle(kind: Kind, value: unknown): void {
    const frame = this.#frame
    if (frame === undefined) {
      if (kind === SUCCEEDED) discard(value)
      return
    }
    this.#frame = undefined
    const isPassedOn = value === this.#end && (kind === SUCCEEDED) === (this.#kind === SUCCEEDED)
    frame.kind = isPassedOn ? this.#kind : kind
    frame.value = value
    frame.fallback = isPassedOn && this.#fallback
    frame.resume(this.#index, false)
  }
}
