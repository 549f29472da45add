import type { IdempotencyContext } from './idempotency-context.js'
import type { ClaimRequest } from './idempotency-store.js'

const PAUSE_MS = 250

/**
 * Gives back a claim that may have been made, although the store did not answer: its request has been refused, so that
 * nobody works on it. As long as the lease would last, since after that it is free anyway.
 */
export async function settleLostClaim(context: IdempotencyContext, request: ClaimRequest): Promise<void> {
  const { store, clock, leaseMs } = context
  const until = clock.now() + leaseMs
  for (let pauseMs = PAUSE_MS; clock.now() < until; pauseMs *= 2) {
    await context.pause(pauseMs)
    try {
      const result = await store.claim(request)
      if (result.kind === 'new') await store.release(result.claim)
      if (result.kind === 'takeover') {
        // Where others are taken over, it may have been another's claim, whose request may have got somewhere.
        if (request.onTakeover === 'rerun') await store.renew(result.claim, 0)
        else await store.release(result.claim)
      }
      return
    } catch {
      // Tried again; that the store does not answer has been told.
    }
  }
}
