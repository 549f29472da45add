import { aborted } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import type { Fallback } from '../fallback/fallback.js'
import { TransportError } from '../failure/transport-error.js'
import { verdictOfError } from '../failure/verdict-of-error.js'
import type { DestinationCallOptions } from '../policies/compose.js'
import { FetchResponse } from '../response/fetch-response.js'
import { watchForgotten } from '../response/watch-forgotten.js'
import type { CallContext, OutgoingCall } from './outgoing-call.js'

/** Takes one call through the policies to its answer, or to the one that stands in for it. */
export async function exchangeCall(call: OutgoingCall, context: CallContext): Promise<Response> {
  const { startedAt, settings, key, mayHedge, priority } = call
  const { signal, deadline } = call.request
  const { observer, fallback, totalMs, limitsBody } = settings
  const observed = observer?.began(startedAt)
  const options: DestinationCallOptions = { signal, key, idempotent: mayHedge, priority, deadline }
  let response: FetchResponse
  try {
    response = await context.policy.inForce.execute(call.attempt, options)
  } catch (error) {
    call.abandon(error as Error)
    if (observed !== undefined)
      observer!.ended(observed, clock.now(), error instanceof TransportError && error.retryable)
    return await failed(call, context, error)
  }
  call.take(response)
  if (observed !== undefined) observer!.ended(observed, clock.now(), response.mayTryAgain())
  const source = FetchResponse.sourceOf(response)
  if (!source.over) {
    source.watchBody(limitsBody ? call.deadline : Infinity, totalMs, signal)
    watchForgotten(response, source)
  }
  if (signal !== undefined) FetchResponse.bind(response, signal)
  if (fallback !== undefined) return await answeredOrReplaced(fallback, call, context, response)
  call.reportAnswer(response)
  return response
}

async function answeredOrReplaced(
  fallback: Fallback,
  call: OutgoingCall,
  context: CallContext,
  response: FetchResponse,
): Promise<Response> {
  if (response.verdict.replaceable) {
    const { status } = response
    const error = Object.assign(new Error(`${context.name} answered ${status}`), { status })
    const other = await replacement(fallback, call, context, error)
    if (other !== undefined) {
      response.discard()
      return other
    }
  } else await fallback.remember(call.request, call.key, response)
  call.reportAnswer(response)
  return response
}

async function failed(call: OutgoingCall, context: CallContext, error: unknown): Promise<Response> {
  const { verdicts, fallback } = call.settings
  const verdict = isCallers(error, call) ? aborted : verdictOfError(error, verdicts)
  if (verdict.outcome === 'refused') call.span?.event('refusal', { code: (error as { code: string }).code })
  if (fallback !== undefined && verdict.replaceable) {
    const other = await replacement(fallback, call, context, error)
    if (other !== undefined) return other
  }
  call.report(verdict.outcome, 0, error)
  throw error
}

/** A caller may abort with anything, an error of ours included. */
function isCallers(error: unknown, { request: { signal } }: OutgoingCall): boolean {
  return signal?.aborted === true && error === signal.reason
}

/** The answer of the fallback, if it has one. */
async function replacement(
  fallback: Fallback,
  call: OutgoingCall,
  context: CallContext,
  error: unknown,
): Promise<Response | undefined> {
  const { request, key } = call
  let other: Response | undefined
  try {
    other = await fallback.answer({ request, key, error })
  } catch (thrown) {
    call.report('failure', 0, thrown)
    throw thrown
  }
  if (other === undefined) return undefined
  context.policy.emit('fallback', 'fallback', { error })
  call.span?.event('fallback')
  call.report('fallback', other.status, error)
  return other
}
