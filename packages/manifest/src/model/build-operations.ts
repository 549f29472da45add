import type { Idempotence, OperationDocument } from '../document/service-document.js'
import { isIdempotent } from './is-idempotent.js'

/** Which operations may be repeated: as it is written, or else by the method. */
export function buildOperations(
  operations: Readonly<Record<string, OperationDocument>> | undefined,
): ReadonlyMap<string, Idempotence> {
  if (operations === undefined) return NO_OPERATIONS
  return new Map(
    Object.entries(operations).map(([key, { idempotent }]) => [
      key,
      idempotent ?? isIdempotent(key.slice(0, key.indexOf(' '))),
    ]),
  )
}

const NO_OPERATIONS: ReadonlyMap<string, Idempotence> = new Map()
