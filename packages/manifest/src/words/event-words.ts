import type { Word } from './word.js'
import { wordOf } from './word-of.js'

const { count, duration } = wordOf

type Words = Readonly<Record<string, Word>>

/** How a service takes the events of one name: the only place where these keys and their defaults are listed. */
export const consumptionWords: Words = {
  'retry.attempts': count('Attempts at an event before it is dead, the first included', [1, 1_000], 5),
  'retry.backoff.initial': duration('Wait before the second attempt; it doubles with each further one', 200, {
    mayBeZero: true,
  }),
  'retry.backoff.max': duration('Longest wait between two attempts', 60_000, { mayBeZero: true }),
  timeout: duration('Time for the handlers of one batch together', 30_000),
  batch: count('Events handled in one transaction at most', [1, 10_000], 500),
  lease: duration('Time after which others take over from a process that has gone silent', 15_000),
}

/** An event that is published somewhere: the only place where these keys and their defaults are listed. */
export const eventWords: Words = {
  version: count('The version of its schema', [1, 1_000_000], 1),
}
