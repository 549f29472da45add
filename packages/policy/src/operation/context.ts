import type { OperationContext } from './operation.js'
import type { Run } from './run.js'

/**
 * What an operation sees of its run. A new one for every try, since an operation may keep it, while the run
 * behind it is reused.
 */
export class Context implements OperationContext {
  readonly attempt: number
  #run: Run | undefined
  #controller: AbortController | Cancelled | undefined = undefined

  constructor(run: Run, attempt: number) {
    this.#run = run
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    const known = this.#controller
    if (known instanceof AbortController) return known.signal
    const controller = new AbortController()
    this.#controller = controller
    if (known !== undefined) controller.abort(known.reason)
    return controller.signal
  }

  get deadline(): number {
    return this.#run === undefined ? -Infinity : this.#run.deadline
  }

  /** Tells the operation that nobody waits any more. */
  cancel(reason: unknown): void {
    this.#run = undefined
    if (this.#controller instanceof AbortController) this.#controller.abort(reason)
    else this.#controller = { reason }
  }

  /** Cuts the tie to a run that is over and may be reused. */
  end(): void {
    this.#run = undefined
  }
}

/** Why nobody waits any more, kept for an operation that reads its signal only then. */
interface Cancelled {
  readonly reason: unknown
}
