import { randomUUID } from 'node:crypto'

/** A name that nothing else has: for requests, and for what must not occur in a text. */
export const randomId: () => string = randomUUID
