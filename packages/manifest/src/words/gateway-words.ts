import type { Word } from './word.js'
import { sheddingWords } from './shedding-words.js'
import { wordOf } from './word-of.js'

const { choice, count, duration, flag, size } = wordOf

/** Who answers `Expect: 100-continue`: the gateway itself, or the service behind it. */
export const continueNames = ['here', 'service'] as const

export type Continue = (typeof continueNames)[number]

/** What runs the gateway under `watertight up`. */
export const proxyEngineNames = ['node', 'envoy'] as const

export type ProxyEngine = (typeof proxyEngineNames)[number]

/**
 * What a gateway lets in: the only place where these keys, their meanings and their defaults are listed. Schema, model,
 * explain and the page about the format are made from it.
 */
export const gatewayWords: Readonly<Record<string, Word>> = {
  'limits.idle': duration('How long a connection may stay open without a request', 60_000, { off: true }),
  'limits.headersTimeout': duration('Longest time for the head of a request to arrive', 10_000),
  'limits.requestTimeout': duration(
    'Longest time for a whole request to arrive; off for uploads and streams without end',
    30_000,
    { off: true },
  ),
  'limits.headers': size("Bytes of a request's head: a longer one is refused with 431", 32_768),
  'limits.body': size("Bytes of a request's body: a longer one is refused with 413", 10_000_000, {
    off: true,
  }),
  'limits.requestsPerConnection': {
    ...count('Requests after which a connection is closed', [1, 1_000_000_000], 10_000),
    off: true,
  },
  'limits.replayBody': size(
    "Bytes of a request's body that are kept for a further try: a longer one is sent once",
    1_000_000,
  ),
  normalizePath: flag(
    'Whether . and .. are taken out of a path before a route is chosen, and before it is sent',
    true,
  ),
  mergeSlashes: flag(
    'Whether several slashes in a row count as one, for the route and for what is sent',
    false,
  ),
  http10: flag('Whether requests of HTTP/1.0 are taken', false),
  continue: choice(
    'Who answers Expect: 100-continue: the gateway, which asks for the body at once, or the service',
    continueNames,
    'here',
  ),
  engine: choice(
    'What runs the gateway under watertight up: ours, or the real Envoy where it is installed',
    proxyEngineNames,
    'node',
  ),
  ...sheddingWords,
}
