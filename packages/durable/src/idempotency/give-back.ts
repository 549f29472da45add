import type { ClaimRequest, ClaimResult, IdempotencyStore } from './idempotency-store.js'

export type ClaimedResult = Extract<ClaimResult, { claim: unknown }>

/** Ends a claim under which nothing was begun, so that the next request with its key runs at once. */
export async function giveBack(
  store: Pick<IdempotencyStore, 'release' | 'renew'>,
  { kind, claim }: ClaimedResult,
  { onTakeover }: Pick<ClaimRequest, 'onTakeover'>,
): Promise<void> {
  // Where others are taken over, it may have been another's claim, whose request may have got somewhere.
  if (kind === 'takeover' && onTakeover === 'rerun') await store.renew(claim, 0)
  else await store.release(claim)
}
