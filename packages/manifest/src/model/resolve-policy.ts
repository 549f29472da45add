import type { Balance, Jitter, Mode, RetryCondition } from '../document/policy-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import { durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import type {
  BreakerModel,
  BulkheadModel,
  EjectionModel,
  HedgeModel,
  PolicyModel,
  RateLimitModel,
  RetryModel,
  TimeoutModel,
} from './policy-model.js'
import { type FieldReader, type Layer, SectionReader } from './section-reader.js'

/** Merges layers of inheritance, the most specific first, into one policy without units and without gaps. */
export function resolvePolicy(
  name: string,
  path: DocumentPath,
  layers: readonly Layer[],
  mode: Mode,
): PolicyModel {
  const reader = new SectionReader(layers)
  const read = <Model>(section: string, build: (fields: FieldReader) => Model): Model | undefined => {
    const fields = reader.section(section)
    return fields === undefined ? undefined : build(fields)
  }
  return {
    name,
    path,
    timeout: read('timeout', resolveTimeout),
    retry: read('retry', resolveRetry),
    breaker: read('breaker', resolveBreaker),
    bulkhead: read('bulkhead', resolveBulkhead),
    ejection: read('ejection', resolveEjection),
    rateLimit: read('rateLimit', resolveRateLimit),
    hedge: read('hedge', resolveHedge),
    balance: reader.value<Balance>('balance', 'least-request'),
    mode: reader.value<Mode>('mode', mode),
    instance: reader.value<'per-callee' | 'shared'>('instance', 'per-callee'),
    origins: reader.origins,
  }
}

function resolveTimeout(fields: FieldReader): TimeoutModel {
  return {
    connectMs: fields.optional('connect', durationMs),
    attemptMs: fields.optional('attempt', durationMs),
    totalMs: fields.optional('total', durationMs),
  }
}

function resolveRetry(fields: FieldReader): RetryModel {
  const off = fields.optional('budget', (budget: unknown) => budget === 'off') === true
  return {
    attempts: fields.required('attempts', same<number>, 3),
    on: fields.required('on', same<readonly RetryCondition[]>, [
      'connect-failure',
      'refused-stream',
      'reset',
      503,
    ]),
    backoff: {
      initialMs: fields.required('backoff.initial', durationMs, 100),
      maxMs: fields.required('backoff.max', durationMs, 3_000),
      jitter: fields.required('backoff.jitter', same<Jitter>, 'full'),
    },
    budget: off
      ? undefined
      : {
          ratio: fields.required('budget.ratio', percentageShare, 0.2),
          minimum: fields.required('budget.minimum', same<number>, 3),
        },
  }
}

function resolveBreaker(fields: FieldReader): BreakerModel {
  const windowMs = fields.optional('window.duration', durationMs)
  const slowOverMs = fields.optional('slowCalls.over', durationMs)
  return {
    window:
      windowMs === undefined
        ? { calls: fields.required('window.calls', same<number>, 100) }
        : { durationMs: windowMs },
    minimumCalls: fields.required('minimumCalls', same<number>, 10),
    failureRate: fields.required('failureRate', percentageShare, 0.5),
    consecutiveFailures: fields.optional('consecutiveFailures', same<number>),
    slowCalls:
      slowOverMs === undefined
        ? undefined
        : { overMs: slowOverMs, rate: fields.required('slowCalls.rate', percentageShare, 0.8) },
    openForMs: fields.required('openFor', durationMs, 30_000),
    halfOpenCalls: fields.required('halfOpenCalls', same<number>, 5),
    answers: fields.optional('answers', same<readonly number[]>),
  }
}

function resolveBulkhead(fields: FieldReader): BulkheadModel {
  return {
    concurrency: fields.required('concurrency', same<number>, 10),
    queue: fields.required('queue', same<number>, 10),
    maxWaitMs: fields.required('maxWait', durationMs, 100),
  }
}

function resolveEjection(fields: FieldReader): EjectionModel {
  return {
    consecutiveFailures: fields.required('consecutiveFailures', same<number>, 5),
    intervalMs: fields.required('interval', durationMs, 10_000),
    baseEjectionMs: fields.required('baseEjection', durationMs, 30_000),
    maxEjected: fields.required('maxEjected', percentageShare, 0.5),
  }
}

function resolveRateLimit(fields: FieldReader): RateLimitModel {
  const limit = fields.required('limit', same<number>, 1)
  return {
    limit,
    perMs: fields.required('per', durationMs, 1_000),
    burst: fields.required('burst', same<number>, limit),
  }
}

function resolveHedge(fields: FieldReader): HedgeModel {
  return {
    afterMs: fields.required('after', durationMs, 0),
    attempts: fields.required('attempts', same<number>, 1),
  }
}

function same<Value>(value: Value): Value {
  return value
}
