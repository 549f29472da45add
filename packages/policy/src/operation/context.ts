import type { OperationContext } from './operation.js'
import type { Run } from './run.js'

/**
 * What an operation sees of its run. A new one for every try, since an operation may keep it, while the run
 * behind it is reused: the serial number tells whether the run is still this one.
 */
export class Context implements OperationContext {
  readonly attempt: number
  readonly #run: Run
  readonly #serial: number
  #signal: AbortSignal | undefined = undefined

  constructor(run: Run, serial: number, attempt: number) {
    this.#run = run
    this.#serial = serial
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#run.signalFor(this.#serial))
  }

  get deadline(): number {
    return this.#run.serial === this.#serial ? this.#run.deadline : -Infinity
  }
}
