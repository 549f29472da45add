import { randomUUID } from 'node:crypto'
import type { KeptAnswer } from './answer/kept-answer.js'
import { replayOf } from './answer/replay-of.js'
import { problems } from './answer/problems.js'
import { ClaimedRun } from './claimed-run.js'
import { giveBack } from './give-back.js'
import type { IdempotencyContext } from './idempotency-context.js'
import type { ClaimRequest, ClaimResult } from './idempotency-store.js'
import { canonicalBody, canonicalValue } from './request/canonical-body.js'
import { claimIdOf, fingerprintOf } from './request/fingerprint-of.js'
import type { BodyReading, KeyedRequest } from './request/keyed-request.js'
import { readIdempotencyKey } from './request/read-idempotency-key.js'
import { settleLostClaim } from './settle-lost-claim.js'

const KEY_HEADER = 'idempotency-key'
const CLAIM_TRIES = 2
const POLL_MS = 25
const POLL_MS_MAX = 250

/** What becomes of a request: it passes as it is, is answered without its handler, or runs. */
export type Entry =
  | { readonly kind: 'pass' }
  /** Nobody is left to answer. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | { readonly kind: 'run'; readonly run: ClaimedRun }

export interface Arrival {
  readonly request: KeyedRequest
  /** Reads the body, and leaves it to be read by the handler. */
  readonly readBody: (bytesMax: number) => Promise<BodyReading>
  /** Whether the caller has left, who is then not waited for any longer. */
  readonly isGone: () => boolean
}

/** Whether the request is one that a key makes safe. */
export function isKeyed(method: string | undefined): boolean {
  return method === 'POST' || method === 'PATCH'
}

/** Reads key and payload, and claims the key. */
export async function enterRequest(context: IdempotencyContext, arrival: Arrival): Promise<Entry> {
  const { request } = arrival
  const { options, requestBytesMax } = context
  context.cleanNowAndThen()
  const reading = readIdempotencyKey(request.header(KEY_HEADER))
  if (reading === undefined) {
    const { required = true } = options
    const isRequired = typeof required === 'function' ? required(request) : required
    return isRequired ? { kind: 'answer', answer: problems.keyMissing() } : { kind: 'pass' }
  }
  if ('problem' in reading) return { kind: 'answer', answer: problems.keyInvalid(reading.problem) }
  const id = await claimId(context, request, reading.key)
  const body = await arrival.readBody(requestBytesMax)
  if (body.kind === 'gone') return { kind: 'gone' }
  if (body.kind === 'too-large') return { kind: 'answer', answer: problems.bodyTooLarge(requestBytesMax) }
  const { leaseMs, expiryMs, onTakeover, claimDeadlineMs: deadlineMs } = context
  const fingerprint = payloadFingerprint(context, request, body)
  const claiming = { id, fingerprint, claimant: randomUUID(), leaseMs, expiryMs, onTakeover, deadlineMs }
  const result = await claimOrWait(context, claiming, arrival.isGone)
  if (result === undefined) return { kind: 'answer', answer: problems.storeUnavailable() }
  if (!('claim' in result)) return { kind: 'answer', answer: answerTo(result) }
  if (arrival.isGone()) {
    // Nobody waits, and nothing has been begun.
    await context.attempt('release', () => giveBack(context.store, result, claiming))
    return { kind: 'gone' }
  }
  return { kind: 'run', run: new ClaimedRun(context, reading.key, result.claim, result.kind === 'takeover') }
}

async function claimId({ options }: IdempotencyContext, request: KeyedRequest, key: string): Promise<string> {
  const caller = await options.caller(request)
  if (typeof caller !== 'string' || caller === '') {
    // One name for all whose name is unknown would hand out the answers of one to the others.
    throw new TypeError('cannot scope the Idempotency-Key: caller must be a text that is not empty')
  }
  return claimIdOf(caller, request.method, options.route?.(request) ?? request.route, key)
}

function payloadFingerprint(
  { options }: IdempotencyContext,
  request: KeyedRequest,
  body: Extract<BodyReading, { kind: 'bytes' | 'parsed' }>,
): string {
  const { method, path, query } = request
  if (options.fingerprint !== undefined) {
    const bytes = body.kind === 'bytes' ? body.bytes : Buffer.from(canonicalValue(body.value))
    return options.fingerprint(request, bytes)
  }
  const canonical =
    body.kind === 'bytes'
      ? canonicalBody(body.bytes, request.header('content-type'))
      : canonicalValue(body.value)
  return fingerprintOf({ method, path, query, body: canonical })
}

/** Undefined: the store did not answer. */
async function claimOrWait(
  context: IdempotencyContext,
  request: ClaimRequest,
  isGone: () => boolean,
): Promise<ClaimResult | undefined> {
  const until = context.clock.now() + context.waitMs
  for (let pauseMs = POLL_MS; ; pauseMs = Math.min(pauseMs * 1.5, POLL_MS_MAX)) {
    const result = await claimOnce(context, request)
    const leftMs = until - context.clock.now()
    if (result?.kind !== 'in-flight' || leftMs <= 0 || isGone()) return result
    await context.pause(Math.min(pauseMs, leftMs))
  }
}

/**
 * Asks a second time where an answer is lost, in the time that is left: a claim that nobody knows of would lock the key until its
 * lease ends.
 */
async function claimOnce(
  context: IdempotencyContext,
  request: ClaimRequest,
): Promise<ClaimResult | undefined> {
  const { store, clock, claimDeadlineMs } = context
  const until = clock.now() + claimDeadlineMs
  for (let deadlineMs = claimDeadlineMs, tries = 1; ; deadlineMs = until - clock.now(), tries += 1) {
    try {
      return await store.claim({ ...request, deadlineMs })
    } catch (error) {
      if (tries < CLAIM_TRIES && until - clock.now() >= 1) continue
      context.report(error, 'claim')
      void settleLostClaim(context, request)
      return undefined
    }
  }
}

function answerTo(result: Exclude<ClaimResult, { claim: unknown }>): KeptAnswer {
  switch (result.kind) {
    case 'replay':
      return replayOf(
        result.answer.body === undefined ? problems.answerNotKept() : result.answer,
        result.expiresAt,
      )
    case 'mismatch':
      return problems.keyReused()
    case 'in-flight':
      return problems.inFlight()
    case 'unknown':
      return problems.outcomeUnknown()
  }
}
