import { errorText } from '../../failure/error-text.js'
import type { SagaState } from '../decisions/saga-state.js'
import { noSuchSignal, signalStep } from '../decisions/signal-step.js'
import { storedValue } from '../definition/standard-schema.js'
import type { SagaRequest } from '../queries/saga-record.js'
import { SagaError } from './saga-engine.js'
import type { SagaRegistry } from './saga-registry.js'
import { payloadOf } from './taken-requests.js'

/** Of one payload. Many may wait to be taken in, and what is taken in goes with every later write of its saga. */
const PAYLOAD_BYTES_MAX = 1_048_576

/** A saga as whoever sends it a signal finds it. */
export interface SignalledSaga {
  readonly name: string
  readonly version: number
  readonly state: SagaState
}

/**
 * A signal as it is kept until its saga takes it in, which checks it. Where the definition is known it is checked here already, so
 * that its sender hears.
 *
 * @throws {SagaError} with code `WT_SAGA_INPUT` when JSON cannot hold the payload, it is too large, it is not what the saga waits
 *   for, or the saga has no such signal
 */
export async function signalRequest(
  registry: SagaRegistry,
  { id, signal, payload }: { readonly id: string; readonly signal: string; readonly payload: unknown },
  found: SignalledSaga | undefined,
): Promise<SagaRequest> {
  const refused = (what: string): SagaError =>
    new SagaError('WT_SAGA_INPUT', `cannot signal ${signal} to saga ${id}: ${what}`)
  const stored = await storedValue(undefined, payload)
  if (!('value' in stored)) throw refused(`its payload is not valid: ${stored.message}`)
  const bytes = Buffer.byteLength(JSON.stringify(stored.value))
  if (bytes > PAYLOAD_BYTES_MAX)
    throw refused(`its payload must be at most ${PAYLOAD_BYTES_MAX} bytes of JSON, got ${bytes}`)
  const request = { type: 'signalled', signal, payload: stored.value } as const
  // What has turned back or ended takes no signal in, whatever it is.
  if (found?.state.status !== 'running') return request
  const resolved = registry.resolve(found.name, found.version, found.state, 0)
  if (resolved === undefined) return request
  const { definition, state } = resolved
  if (signalStep(definition.plan, state, signal) === undefined)
    throw refused(noSuchSignal(definition.plan, signal))
  const checked = await payloadOf(definition, state, request)
  if ('message' in checked) throw refused(checked.message)
  return request
}

/** A reason goes with every later write of its saga: of a long one the beginning is kept. */
export const cancelRequest = (reason: string | undefined): SagaRequest => ({
  type: 'cancelled',
  ...(reason !== undefined && { message: errorText(reason) }),
})
