import type { Verdict } from '@watertight/traffic'
import type { RawHeaders } from '../response/raw-headers.js'
import type { OutcomeListener } from './answer-outcome.js'

/** Who began an exchange and hears how it went. */
export interface ExchangeListener<Exchange> extends OutcomeListener<Exchange> {
  /** When the call must be over that it is part of. */
  readonly deadline: number
  /** An answer has begun; answers what it counts as, unless its body makes a failure of it. */
  answered(exchange: Exchange, status: number, headers: RawHeaders): Verdict
  /** No answer will come; the error is what the attempt fails with. */
  failed(exchange: Exchange, error: Error): void
  /** The answer began and did not end: what it counts as then. */
  verdictOfBreak(exchange: Exchange, error: Error): Verdict
  /** It is over, whichever way, its body included. */
  over(): void
  /** Whether the request may be sent again after that. */
  mayTryAgain(verdict: Verdict): boolean
}
