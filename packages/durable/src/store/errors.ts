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

export const noTurnError = (action: string, deadlineMs: number): StoreError =>
  new StoreError(
    'WT_STORE_DEADLINE',
    `cannot ${action}: the embedded database has one connection, and others had it for all of ${deadlineMs} ms; ` +
      'make transactions shorter, ask nothing of the store within a transaction of it, or use a Postgres, which has many',
  )

/** Whoever asked is not told that nothing came of it: what has been sent may be carried out, or have been, before it is stopped. */
export const unansweredError = (action: string, deadlineMs: number): StoreError =>
  new StoreError(
    'WT_STORE_DEADLINE',
    `cannot ${action}: the store did not answer within ${deadlineMs} ms; what was sent may have happened all the same`,
  )

export const lateTransactionError = (deadlineMs: number): StoreError =>
  new StoreError(
    'WT_STORE_DEADLINE',
    `cannot run a transaction: it had not come to its commit within ${deadlineMs} ms, so nothing of it is kept`,
  )

export const commitUnknownError = (why: string, options?: ErrorOptions): StoreError =>
  new StoreError(
    'WT_STORE_COMMIT_UNKNOWN',
    `cannot tell whether the transaction was committed: ${why}`,
    options,
  )

export const lateCommitError = (deadlineMs: number): StoreError =>
  commitUnknownError(
    `its commit was sent, and not answered before the ${deadlineMs} ms of the transaction were over`,
  )

/**
 * `inUse` is how many connections others have, where that is as many as there may be; of these, the database is being asked to
 * stop what runs on `stopping`.
 */
export const noConnectionError = (
  action: string,
  deadlineMs: number,
  inUse: number | undefined,
  stopping: number,
): StoreError =>
  new StoreError(
    'WT_STORE_DEADLINE',
    inUse === undefined
      ? `cannot ${action}: the database gave no connection within ${deadlineMs} ms; see whether it can be reached and has connections left`
      : `cannot ${action}: none of the ${inUse} connections of the store was free within ${deadlineMs} ms; ` +
          (stopping === 0
            ? 'make transactions shorter, ask for less at once, or raise connectionsMax'
            : `${stopping} had a statement that was given up, and that the database has yet to stop; see whether it can be reached and what it waits for`),
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
