import {
  adaptiveLimitDefaults,
  backoffDefaults,
  circuitBreakerDefaults,
  type Jitter,
  type LimitAlgorithmName,
} from '@watertight/policy/defaults'
import type { DocumentPath } from '../source/manifest-source.js'
import { type Duration, durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import type { AnswerCondition, RetryCondition } from '../words/failure-words.js'
import { type Balance, balanceDefault } from '../words/balance-names.js'
import type { HashKey } from '../words/hash-key.js'
import type { Instance } from '../words/instance-names.js'
import type { Mode } from '../words/mode-names.js'
import { bulkheadConcurrency } from '../words/policy-words.js'
import { timeLimitDefaults } from '../words/time-limit-defaults.js'
import type {
  AdaptiveLimitModel,
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
    // A call that says nothing has the default limits: only `off` waits without end.
    timeout: reader.isOff('timeout') ? undefined : resolveTimeout(reader.fields('timeout')),
    retry: read('retry', resolveRetry),
    breaker: read('breaker', resolveBreaker),
    bulkhead: read('bulkhead', resolveBulkhead),
    adaptiveLimit: read('adaptiveLimit', resolveAdaptiveLimit),
    ejection: read('ejection', resolveEjection),
    rateLimit: read('rateLimit', resolveRateLimit),
    hedge: read('hedge', resolveHedge),
    answers: readAnswers(reader),
    balance: reader.value<Balance>('balance', balanceDefault),
    hashOn: readHashKey(reader),
    warmUpMs: readWarmUp(reader),
    mode: reader.value<Mode>('mode', mode),
    instance: reader.value<Instance>('instance', 'per-callee'),
    origins: reader.origins,
  }
}

function readAnswers(reader: SectionReader): readonly AnswerCondition[] {
  const answers = reader.value<readonly AnswerCondition[] | 'off'>('answers', 'off', ['breaker', 'answers'])
  return answers === 'off' ? [] : answers
}

function readHashKey(reader: SectionReader): HashKey | undefined {
  const key = reader.value<HashKey | 'off'>('hashOn', 'off')
  if (key === 'off') return undefined
  // Names of headers are compared in lower case.
  return typeof key === 'object' && 'header' in key ? { header: key.header.toLowerCase() } : key
}

function readWarmUp(reader: SectionReader): number | undefined {
  const given = reader.value<Duration | 'off'>('warmUp', 'off')
  return given === 'off' ? undefined : durationMs(given)
}

// A default must not make void what is written: an attempt ends within the total.
function resolveTimeout(fields: FieldReader): TimeoutModel {
  const attemptMs = fields.optional('attempt', durationMs)
  const totalMs = fields.required('total', durationMs, Math.max(timeLimitDefaults.totalMs, attemptMs ?? 0))
  const connectMs = fields.required('connect', durationMs)
  return { connectMs, attemptMs, totalMs, idleMs: fields.required('idle', durationMs) }
}

function resolveRetry(fields: FieldReader): RetryModel {
  const off = fields.optional('budget', (budget: unknown) => budget === 'off') === true
  const initialMs = fields.required('backoff.initial', durationMs)
  return {
    attempts: fields.required('attempts', same<number>),
    on: fields.required('on', same<readonly RetryCondition[]>),
    backoff: {
      initialMs,
      maxMs: fields.required('backoff.max', durationMs, initialMs * backoffDefaults.longest),
      jitter: fields.required('backoff.jitter', same<Jitter>),
      pushbackMs: fields.unlessOff('backoff.pushback', durationMs),
    },
    budget: off
      ? undefined
      : {
          ratio: fields.required('budget.ratio', percentageShare),
          minimum: fields.required('budget.minimum', same<number>),
          concurrency: fields.optional('budget.concurrency', same<number>),
        },
  }
}

function resolveBreaker(fields: FieldReader): BreakerModel {
  const windowMs = fields.optional('window.duration', durationMs)
  const slowOverMs = fields.optional('slowCalls.over', durationMs)
  const window =
    windowMs === undefined
      ? { calls: fields.required('window.calls', same<number>) }
      : { durationMs: windowMs }
  const most = Math.min(window.calls ?? Infinity, circuitBreakerDefaults.minimumCalls)
  return {
    window,
    minimumCalls: fields.required('minimumCalls', same<number>, most),
    failureRate: fields.required('failureRate', percentageShare),
    consecutiveFailures: fields.optional('consecutiveFailures', same<number>),
    slowCalls:
      slowOverMs === undefined
        ? undefined
        : { overMs: slowOverMs, rate: fields.required('slowCalls.rate', percentageShare) },
    openForMs: fields.required('openFor', durationMs),
    halfOpenCalls: fields.required('halfOpenCalls', same<number>),
  }
}

function resolveBulkhead(fields: FieldReader): BulkheadModel {
  const connections = fields.optional('connections', same<number>)
  const pending = fields.optional('pending', same<number>)
  // A default must not make void what is written: each connection carries a request, and those that wait count too.
  const least = connections === undefined ? 0 : connections + (pending ?? 0)
  return {
    concurrency: fields.required('concurrency', same<number>, Math.max(bulkheadConcurrency, least)),
    queue: fields.required('queue', same<number>),
    maxWaitMs: fields.required('maxWait', durationMs),
    connections,
    pending,
  }
}

// A default must not make void what is written, here either: it moves to the nearest bound.
function resolveAdaptiveLimit(fields: FieldReader): AdaptiveLimitModel {
  const { initialLimit, maxLimit } = adaptiveLimitDefaults
  const min = fields.required('min', same<number>)
  const max = fields.required('max', same<number>, Math.max(maxLimit, min))
  return {
    initial: fields.required('initial', same<number>, Math.max(min, Math.min(max, initialLimit))),
    min,
    max,
    queue: fields.required('queue', same<number>),
    maxWaitMs: fields.required('maxWait', durationMs),
    algorithm: fields.required('algorithm', same<LimitAlgorithmName>),
  }
}

function resolveEjection(fields: FieldReader): EjectionModel {
  return {
    consecutiveFailures: fields.required('consecutiveFailures', same<number>),
    intervalMs: fields.required('interval', durationMs),
    baseEjectionMs: fields.required('baseEjection', durationMs),
    maxEjected: fields.required('maxEjected', percentageShare),
    panic: fields.unlessOff('panic', percentageShare),
  }
}

function resolveRateLimit(fields: FieldReader): RateLimitModel {
  const limit = fields.required('limit', same<number>, 1)
  return {
    limit,
    perMs: fields.required('per', durationMs),
    burst: fields.required('burst', same<number>, limit),
  }
}

function resolveHedge(fields: FieldReader): HedgeModel {
  return {
    afterMs: fields.required('after', durationMs, 0),
    extra: fields.required('extra', same<number>),
  }
}

function same<Value>(value: Value): Value {
  return value
}
