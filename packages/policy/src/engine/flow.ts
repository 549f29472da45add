/**
 * What a step answers when a call passes it.
 *
 * A call goes inward through the steps to its operation and outward again with how it ended. `NEXT` lets it
 * go on in its direction, `TURN` sends it back the other way from here, and `WAIT` stops it until the step
 * resumes it.
 */
export type Flow = 0 | 1 | 2

export const NEXT = 0
export const TURN = 1
export const WAIT = 2
