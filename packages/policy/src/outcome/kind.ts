/**
 * How the part of a call that is already over ended. Numbers rather than names, because they are compared on
 * every step of every call.
 */
export type Kind = 0 | 1 | 2 | 3

export const SUCCEEDED = 0
/** The operation failed, or a time limit of ours passed. */
export const FAILED = 1
/** A policy refused to start it: the value is the outcome that a caller is given. */
export const REFUSED = 2
/** The caller gave up: the value is the reason of its signal. */
export const ABORTED = 3
