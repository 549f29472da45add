import type { OperationContext } from './operation.js'

/** The run of which these are tries. */
interface TriedRun {
  readonly serial: number
  readonly deadline: number
  signalFor(serial: number): AbortSignal
}

/**
 * What an operation sees of its first try. A new one for every try, since an operation may keep it, while the run
 * behind it is reused: the serial number tells whether the run is still this one.
 *
 * Fields are only declared, for those that a class defines would be written twice; and nearly all tries are the first,
 * so their number is no field.
 */
export class FirstTry implements OperationContext {
  declare private readonly run: TriedRun
  declare private readonly serial: number

  constructor(run: TriedRun, serial: number) {
    this.run = run
    this.serial = serial
  }

  get attempt(): number {
    return 1
  }

  get signal(): AbortSignal {
    return this.run.signalFor(this.serial)
  }

  get deadline(): number {
    return this.run.serial === this.serial ? this.run.deadline : -Infinity
  }
}

export class FurtherTry extends FirstTry {
  declare private readonly number: number

  constructor(run: TriedRun, serial: number, attempt: number) {
    super(run, serial)
    this.number = attempt
  }

  override get attempt(): number {
    return this.number
  }
}
