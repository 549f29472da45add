export type StoreErrorCode =
  | 'WT_STORE_ABORTED'
  | 'WT_STORE_CLOSED'
  | 'WT_STORE_COMMIT_UNKNOWN'
  | 'WT_STORE_DEADLINE'
  | 'WT_STORE_FOLDER_IN_USE'
  | 'WT_STORE_LOST'
  | 'WT_STORE_MISSING_PACKAGE'
  | 'WT_STORE_RESTORED'

/** The store itself cannot do what was asked. What the database says of a statement is passed on as it is. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const deadlineError = (action: string, deadlineMs: number): StoreError =>
  new StoreError('WT_STORE_DEADLINE', `cannot ${action}: the store did not answer within ${deadlineMs} ms`)

/** Not the store is late, but what is done with it. */
export const lateError = (actionAndRule: string, deadlineMs: number): StoreError =>
  new StoreError('WT_STORE_DEADLINE', `cannot ${actionAndRule} within ${deadlineMs} ms, and did not`)

/** `inUse` is how many connections others have, where that is as many as there may be. */
export const noConnectionError = (
  action: string,
  deadlineMs: number,
  inUse: number | undefined,
): StoreError =>
  new StoreError(
    'WT_STORE_DEADLINE',
    inUse === undefined
      ? `cannot ${action}: the database gave no connection within ${deadlineMs} ms; see whether it can be reached and has connections left`
      : `cannot ${action}: none of the ${inUse} connections of the store was free within ${deadlineMs} ms; ` +
          'make transactions shorter, ask for less at once, or raise connectionsMax',
  )

export const overError = (): StoreError =>
  new StoreError('WT_STORE_ABORTED', 'cannot run a statement: the transaction is over')

export const abortedError = (cause?: unknown): StoreError =>
  new StoreError(
    'WT_STORE_ABORTED',
    'cannot commit: a statement of the transaction had failed, and its error was not passed on',
    cause === undefined ? undefined : { cause },
  )

export const closedError = (action: string): StoreError =>
  new StoreError('WT_STORE_CLOSED', `cannot ${action}: the store is closed`)
