/**
 * Where a call is. Numbers, because they are compared at every turn of every call.
 *
 * - over: there is none, or it has ended
 * - moving: a loop further down the stack is taking it through the steps, or is starting its operation
 * - waiting: for its operation, or in a step
 */
export type Stage = 0 | 1 | 2

export const OVER = 0
export const MOVING = 1
export const WAITING = 2
