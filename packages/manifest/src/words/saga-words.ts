import type { Word } from './word.js'
import { wordOf } from './word-of.js'

const { choice, count, duration, flag } = wordOf

type Words = Readonly<Record<string, Word>>

/** What runs a saga: the store of its service, a Temporal server, or nobody: each step follows from the event of the one before. */
export const sagaEngineNames = ['store', 'temporal', 'events'] as const

/** A saga as a whole: the only place where these keys and their defaults are listed. */
export const sagaWords: Words = {
  deadline: duration('How long the whole may take before it turns back', undefined),
  version: count('The version of its definition', [1, 1_000_000], 1),
  engine: choice(
    'What runs it: the store of its service; temporal, at TEMPORAL_ADDRESS; or events, each step by that of the one before',
    sagaEngineNames,
    'store',
  ),
}

/** A step of a saga: the only place where these keys and their defaults are listed. */
export const sagaStepWords: Words = {
  timeout: duration('Time for one attempt; of a signal, how long it is waited for', 30_000, {
    defaultSays: '30s; of a signal, forever',
  }),
  'retry.attempts': count('Attempts, the first included', [1, 1_000], 5),
  'retry.backoff.initial': duration('Wait before the second attempt; it doubles with each further one', 200, {
    mayBeZero: true,
  }),
  'retry.backoff.max': duration('Longest wait between two attempts', 10_000, { mayBeZero: true }),
  'compensation.timeout': duration('Time for one attempt to undo it', 30_000),
  'compensation.retry.attempts': count('Attempts to undo it, the first included', [1, 1_000], 20),
  'compensation.retry.backoff.initial': duration('Wait before the second attempt to undo it', 500, {
    mayBeZero: true,
  }),
  'compensation.retry.backoff.max': duration('Longest wait between two attempts to undo it', 60_000, {
    mayBeZero: true,
  }),
  optional: flag('Whether the saga goes on without it when it fails', false),
  readOnly: flag('Whether it changes nothing, and so needs no compensation', false),
}
