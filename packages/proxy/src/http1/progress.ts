/** How far a part of a message has been read. */
export type Progress = 0 | 1 | 2

/** All bytes are read, and there must come more. */
export const MORE = 0
/** The part has ended. */
export const DONE = 1
/** It is refused: the refusal says why. */
export const REFUSED = 2
