import type { Clock } from '@watertight/policy/decisions'
import {
  callback,
  checkOptions,
  having,
  integer,
  milliseconds,
  nested,
  oneOf,
  required,
  type Rules,
} from '@watertight/policy/options'
import type { OnTakeover } from './decide-claim.js'
import type { IdempotencyStore } from './idempotency-store.js'
import type { KeyedRequest } from './request/keyed-request.js'

/** What was tried when something went wrong that no caller is told of. */
export type IdempotencyStep = 'claim' | 'renew' | 'finish' | 'release' | 'clean' | 'handle'

export interface IdempotencyOptions {
  /** Where keys are kept: shared by all processes of the service. */
  readonly store: IdempotencyStore
  /**
   * Who calls, so that nobody ever gets the answer to somebody else: an account, a tenant, a client. Not a token, which may
   * be another one when the request is tried again: it would then run twice. Always the same text, such as `() => 'all'`,
   * where callers cannot be told apart and trust one another.
   */
  readonly caller: (request: KeyedRequest) => string | Promise<string>
  /** Whether a POST or PATCH without a key is refused. Default true. */
  readonly required?: boolean | ((request: KeyedRequest) => boolean)
  /** Keys of two routes have nothing to do with one another. Default the route's template where it is known, else the path. */
  readonly route?: (request: KeyedRequest) => string
  /**
   * Tells one payload from another. Default from method, path, query and body; with JSON, spaces and the order of keys make
   * no difference. Replace it where a retry differs by nature, such as in the boundary of a form with files.
   */
  readonly fingerprint?: (request: KeyedRequest, body: Uint8Array) => string
  /** What a request meets whose key is being worked on: 409 at once, or the answer if it comes within `waitMs`. Default 409. */
  readonly inFlight?: 'conflict' | { readonly waitMs: number }
  /**
   * What a request meets whose key belongs to a process that has died: it runs again, or 409, since the first may have had
   * its effect. `rerun` is right where effect and answer are committed together (`finish` of the request), or where the
   * effect itself happens once. Default `conflict`.
   */
  readonly onTakeover?: OnTakeover
  /** Whether an answer is kept and replayed, by its status. Default every one but 409, 429 and 503, which say: try again. */
  readonly keeps?: (status: number) => boolean
  /** How long an answer is replayed, in milliseconds. Default 24 h. */
  readonly expiryMs?: number
  /** After so long without a word from its owner a key is free, in milliseconds. Owners at work renew it. Default 30 s. */
  readonly leaseMs?: number
  /**
   * How long the store may take to say whose a key is, in milliseconds; then the caller is told 503. A Postgres is given up after
   * it; what Redis is asked has 5 s of its own. Default 5 s.
   */
  readonly claimDeadlineMs?: number
  /** A handler is believed to have hung after this, and its lease is renewed no more, in milliseconds. Default 10 min. */
  readonly runMsMax?: number
  /** The longest body of a request with a key, in bytes. Default 1 MiB. */
  readonly requestBytesMax?: number
  /** The longest body of an answer that is kept. A longer one is sent, but cannot be sent again. Default 1 MiB. */
  readonly answerBytesMax?: number
  /** Hears of what goes wrong beside the request. Default writes it to standard error. */
  readonly onError?: (error: unknown, step: IdempotencyStep) => void
  /** For tests. Default the one that policies read. */
  readonly clock?: Clock
}

const rules: Rules = {
  store: required(having('claim', 'a store of keys, such as openIdempotencyStore gives')),
  caller: required({ ...callback, allowed: 'a function that tells who calls' }),
  required: {
    allowed: 'true, false or a function',
    accepts: (value) => typeof value === 'boolean' || typeof value === 'function',
  },
  route: callback,
  fingerprint: callback,
  inFlight: {
    ...nested({ waitMs: required(milliseconds()) }),
    allowed: "'conflict' or { waitMs }",
    accepts: (value) => value === 'conflict' || (typeof value === 'object' && value !== null),
  },
  onTakeover: oneOf('rerun', 'conflict'),
  keeps: callback,
  expiryMs: milliseconds(1),
  leaseMs: milliseconds(1),
  claimDeadlineMs: milliseconds(1),
  runMsMax: milliseconds(1),
  requestBytesMax: integer(0),
  answerBytesMax: integer(0),
  onError: callback,
  clock: having('setTimer', 'a clock'),
}

/** @throws {OptionError} when an option is unknown, missing or out of its range */
export function checkIdempotencyOptions(options: IdempotencyOptions): void {
  checkOptions('idempotency', options, rules)
}
