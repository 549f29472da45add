/**
 * Thrown by a step whose operation has answered no, and so had no effect. It counts only when the step declares its code
 * in `refusals`.
 *
 * @example
 * const refused = new StepRefusal('card-declined')
 */
export class StepRefusal extends Error {
  override readonly name = 'StepRefusal'
  readonly code: string

  constructor(code: string, message: string = '') {
    super(message)
    this.code = code
  }
}

/**
 * Thrown by a compensation that finds nothing to undo. That is as good as undone, and the timeline says so.
 *
 * @example
 * const nothing = new NothingToUndo('no such reservation')
 */
export class NothingToUndo extends Error {
  override readonly name = 'NothingToUndo'

  constructor(message: string = 'nothing to undo') {
    super(message)
  }
}
