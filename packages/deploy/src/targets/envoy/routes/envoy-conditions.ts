import type { AnswerCondition, RetryCondition } from '@watertight/manifest'
import { conditionMatchesStatus, failureWords, someMatchesStatus } from '@watertight/manifest/words'

/** What starts another try, in Envoy's words. */
export interface EnvoyConditions {
  readonly words: readonly string[]
  readonly statuses: readonly number[]
}

/** Each of these stands for every failure without an answer too, a time limit among them. */
const anyFailure: ReadonlySet<RetryCondition> = new Set<RetryCondition>(['5xx', 'gateway-error', 'reset'])
const neverSent: ReadonlySet<RetryCondition> = new Set<RetryCondition>([
  'connect-failure',
  'refused-stream',
  'reset-before-request',
])
const statusGroups: ReadonlySet<RetryCondition> = new Set<RetryCondition>(failureWords.status)

/** The conditions under which a request that may be repeated is tried again. */
export function conditionsForAll(
  on: readonly RetryCondition[],
  answers: readonly AnswerCondition[],
): EnvoyConditions {
  if (answers.length > 0) return conditionsWithout(on, answers)
  const words = on.filter((condition) => typeof condition === 'string' && condition !== 'attempt-timeout')
  const statuses = on.filter((condition) => typeof condition === 'number')
  return { words, statuses }
}

/** Those under which a request that may have been done is tried again: only when the callee saw nothing of it. */
export function conditionsForUnsent(on: readonly RetryCondition[]): EnvoyConditions {
  const all = on.some((condition) => anyFailure.has(condition))
  const words = all ? [...neverSent] : on.filter((condition) => neverSent.has(condition))
  return { words: words as string[], statuses: [] }
}

/** Whether there is nothing that such conditions would leave out for a request that may not be repeated. */
export function isUnsentOnly(on: readonly RetryCondition[]): boolean {
  return on.every((condition) => neverSent.has(condition))
}

/** Whether a time limit of a try starts another one. Envoy has no word for that alone. */
export function coversAttemptTimeout(on: readonly RetryCondition[]): boolean {
  return on.some((condition) => anyFailure.has(condition))
}

/** An answer is never tried again, and Envoy's groups of statuses have no exceptions: so each status is named. */
function conditionsWithout(
  on: readonly RetryCondition[],
  answers: readonly AnswerCondition[],
): EnvoyConditions {
  const statuses = EVERY_STATUS.filter(
    (status) =>
      on.some((condition) => conditionMatchesStatus(condition, status)) &&
      !someMatchesStatus(answers, status),
  )
  const words = on.filter(
    (condition) =>
      typeof condition === 'string' && condition !== 'attempt-timeout' && !statusGroups.has(condition),
  )
  const reset = on.some((condition) => anyFailure.has(condition)) ? ['reset'] : []
  return { words: [...new Set([...words, ...reset])] as string[], statuses }
}

const EVERY_STATUS: readonly number[] = Array.from({ length: 200 }, (_, index) => 400 + index)
