import { giveBack } from './give-back.js'
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
      if ('claim' in result) await giveBack(store, result, request)
      return
    } catch {
      // Tried again; that the store does not answer has been told.
    }
  }
}
