import type { Word } from './word.js'
import { wordOf } from './word-of.js'

const { count, duration, share, size } = wordOf

/**
 * What is refused because it is more than a process can bear: the only place where these keys are listed. A service has
 * them, and the gateway.
 */
export const sheddingWords: Readonly<Record<string, Word>> = {
  'shedding.concurrency': count(
    'Most requests under way at one time: the limit is found below it, by how long they take',
    [1, 1_000_000],
    1_000,
  ),
  'shedding.queue': count('Requests beyond the limit that may wait for a moment', [0, 100_000], 100),
  'shedding.eventLoopDelay': duration(
    'How long requests may wait for the event loop, on average, before a share of them is refused',
    100,
    { off: true, code: [{ of: 'OverloadOptions', option: 'eventLoopDelayMs' }] },
  ),
  'shedding.heapUsed': {
    ...share(
      'Share of the largest heap that may be in use before a share of the requests is refused',
      0.9,
      'OverloadOptions',
      'heapUsed',
    ),
    positive: true,
    off: true,
  },
  'shedding.memory': size(
    'Memory that the process may hold before a share of the requests is refused',
    Infinity,
    {
      off: true,
    },
  ),
}
