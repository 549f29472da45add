import { errorText } from '../../failure/error-text.js'
import type { SagaEvent } from '../decisions/saga-event.js'
import type { SagaState } from '../decisions/saga-state.js'
import { signalStep } from '../decisions/signal-step.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { storedValue } from '../definition/standard-schema.js'
import type { SagaRequest } from '../queries/saga-record.js'

type Signalled = SagaRequest & { readonly type: 'signalled' }
type Taken = SagaRequest | Omit<SagaEvent & { readonly type: 'signalled' }, 'at'>

/**
 * Requests as they are taken into a saga: the payload of a signal is checked by the schema of the step that waits for it, whoever
 * has sent it. A promise only when there is a schema to ask, which may take its time; it never rejects.
 */
export function takenRequests(
  definition: SagaDefinition,
  state: SagaState,
  requests: readonly SagaRequest[],
): readonly Taken[] | Promise<readonly Taken[]> {
  const isChecked = (request: SagaRequest): request is Signalled =>
    request.type === 'signalled' && schemaOf(definition, state, request) !== undefined
  if (!requests.some(isChecked)) return requests
  return Promise.all(
    requests.map(async (request) =>
      isChecked(request) ? await checked(definition, state, request) : request,
    ),
  )
}

async function checked(definition: SagaDefinition, state: SagaState, request: Signalled): Promise<Taken> {
  const stored = await payloadOf(definition, state, request)
  return 'value' in stored ? { ...request, payload: stored.value } : { ...request, refused: stored.message }
}

/** The payload as the step results in it, or what is wrong with it. */
export async function payloadOf(
  definition: SagaDefinition,
  state: SagaState,
  request: Signalled,
): Promise<{ readonly value: unknown } | { readonly message: string }> {
  try {
    const stored = await storedValue(schemaOf(definition, state, request), request.payload)
    return 'value' in stored ? stored : { message: `its payload is not valid: ${stored.message}` }
  } catch (error) {
    return { message: `its payload could not be checked: ${errorText(error)}` }
  }
}

function schemaOf({ plan, code }: SagaDefinition, state: SagaState, { signal }: Signalled) {
  const step = signalStep(plan, state, signal)
  return step === undefined ? undefined : code.get(step)?.result
}
