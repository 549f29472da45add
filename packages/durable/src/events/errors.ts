import { errorText } from '../failure/error-text.js'

/** A partition that this member took for its own belongs to another by now: nothing was written. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
  readonly code = 'WT_EVENTS_FENCED'
}

/** The group has been ended, and nobody may begin it again: its members stop, and nothing is wrong. */
export class EndedGroupError extends Error {
  override readonly name = 'EndedGroupError'
  readonly code = 'WT_EVENTS_GROUP_ENDED'
}

export type GroupErrorCode = 'WT_EVENTS_GROUP_AT_WORK' | 'WT_EVENTS_GROUP_UNKNOWN'

/** What was asked cannot be done with a group. */
export class GroupError extends Error {
  override readonly name = 'GroupError'
  readonly code: GroupErrorCode

  constructor(code: GroupErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Which event of a batch failed, and with what. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError'
  readonly code = 'WT_EVENTS_HANDLER'
  readonly index: number

  constructor(index: number, cause: unknown) {
    super(describeError(cause), { cause })
    this.index = index
  }
}

/** What is kept of an error beside a parked event; text of the database holds no zero byte. */
export const describeError = (error: unknown): string => errorText(error, true).replaceAll('\0', '')

/** What a handler failed with, or whatever else it was. */
export const causeOf = (error: unknown): unknown => (error instanceof HandlerError ? error.cause : error)
