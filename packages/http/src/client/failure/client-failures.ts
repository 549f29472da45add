import type { DriverFailures } from '@watertight/traffic'
import { TransportError } from './transport-error.js'
import { verdictOfError } from './verdict-of-error.js'

/** How the client reads what it throws. */
export const clientFailures: DriverFailures = {
  verdictOf: verdictOfError,
  mayTryAgain: (error) => error instanceof TransportError && error.retryable,
}
