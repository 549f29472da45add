import type { OperationContext } from './operation.js'
import type { Run } from './run.js'

/**
 * What an operation sees of its run. A new one for every try, since an operation may keep it, while the run
 * behind it is reused: the serial number tells whether the run is still this one.
 *
 * Fields are only declared, for those that a class defines would be written twice, and one is made for every try.
 */
export class Context implements OperationContext {
  declare readonly attempt: number
  declare private readonly run: Run
  declare private readonly serial: number

  constructor(run: Run, serial: number, attempt: number) {
    this.attempt = attempt
    this.run = run
    this.serial = serial
  }

  get signal(): AbortSignal {
    return this.run.signalFor(this.serial)
  }

  get deadline(): number {
    return this.run.serial === this.serial ? this.run.deadline : -Infinity
  }
}
