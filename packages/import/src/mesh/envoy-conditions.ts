import { failureWords } from '@watertight/manifest/words'
import type { Read } from '../settings/read.js'

/** Envoy has no word for an attempt that ran into its own limit: the others below cover it. */
const tokens: ReadonlySet<string> = new Set(
  [...failureWords.status, ...failureWords.transport, ...failureWords.grpc].filter(
    (word) => word !== 'attempt-timeout',
  ),
)
/** Under these Envoy also retries an attempt that ran into its own limit. */
const coverTimeouts = ['5xx', 'gateway-error', 'reset']

/** What Envoy's `retry_on` says, in the words of a manifest; what has no word is declined. */
export function envoyConditions(
  { value, from }: Read<string>,
  hasAttemptLimit: boolean,
  statuses: readonly string[] = [],
): readonly string[] {
  const given = value
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '')
    .flatMap((token) => (token === 'retriable-status-codes' && statuses.length > 0 ? statuses : [token]))
  const known = given.filter((token) => tokens.has(token) || /^[45]\d\d$/.test(token))
  const unknown = given.filter((token) => !known.includes(token))
  if (unknown.length > 0) {
    from.decline(
      `${unknown.join(', ')} has no equivalent: retry.on takes ${[...tokens].join(', ')} and statuses from 400`,
    )
  }
  const timeouts = hasAttemptLimit && known.some((token) => coverTimeouts.includes(token))
  return [...new Set(timeouts ? [...known, 'attempt-timeout'] : known)].slice(0, 32)
}
