import { protocolDefault, protocolNames } from './protocol-names.js'
import type { Word } from './word.js'
import { sheddingWords } from './shedding-words.js'
import { wordOf } from './word-of.js'

const { choice, count, duration } = wordOf

/**
 * How a service is reached, by whoever calls it: the only place where these keys, their meanings and their defaults are
 * listed. Schema, model, explain and the page about the format are made from it.
 */
export const reachWords: Readonly<Record<string, Word>> = {
  protocol: choice(
    'What it speaks: HTTP/1.1, HTTP/2, or something of which a proxy sees connections only',
    protocolNames,
    protocolDefault,
  ),
  'connections.max': count(
    'Connections that one caller opens to each endpoint, and so requests at one time over HTTP/1.1',
    [1, 1_000_000],
    1_024,
    [{ of: 'FetchOptions', option: 'connectionsMax' }],
  ),
  'connections.idle': duration(
    'How long a caller keeps an idle connection; it should be shorter than the service keeps it',
    4_000,
    { code: [{ of: 'FetchOptions', option: 'keepAliveMs' }] },
  ),
  'health.interval': duration(
    'How often a proxy asks ready of each endpoint; an answer that takes longer counts as none',
    1_000,
  ),
  'health.unhealthy': count('Consecutive wrong answers after which an endpoint is left out', [1, 100], 2),
  'health.healthy': count('Consecutive right answers after which it is used again', [1, 100], 2),
  ...sheddingWords,
}
