import { errorText } from '../../failure/error-text.js'
import { storedValue } from '../definition/standard-schema.js'
import type { SagaRequest } from '../queries/saga-record.js'
import { SagaError } from './saga-engine.js'

/** @throws {SagaError} with code `WT_SAGA_INPUT` when JSON cannot hold the payload */
export async function signalRequest(id: string, signal: string, payload: unknown): Promise<SagaRequest> {
  const stored = await storedValue(undefined, payload)
  if ('value' in stored) return { type: 'signalled', signal, payload: stored.value }
  throw new SagaError(
    'WT_SAGA_INPUT',
    `cannot signal ${signal} to saga ${id}: its payload is not valid: ${stored.message}`,
  )
}

/** A reason goes with every later write of its saga: of a long one the beginning is kept. */
export const cancelRequest = (reason: string | undefined): SagaRequest => ({
  type: 'cancelled',
  ...(reason !== undefined && { message: errorText(reason) }),
})
