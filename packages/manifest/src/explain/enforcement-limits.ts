import { failureWords, type RetryCondition } from '../words/failure-words.js'
import type { Enforcement } from '../words/service-words.js'
import type { CallModel } from '../model/system-model.js'

/** One part of a policy that an enforcement point cannot do. */
export interface EnforcementLimit {
  /** The part, as it is named in the document. */
  readonly part: string
  /** What happens instead. */
  readonly reason: string
}

/** A call, or a route. */
export type Enforceable = Pick<CallModel, 'policy' | 'fallback' | 'mode'>

interface Row extends EnforcementLimit {
  readonly at: readonly Enforcement[]
  readonly applies: (call: Enforceable) => boolean
}

const isGrpcWord = (condition: RetryCondition): boolean =>
  failureWords.grpc.some((word) => word === condition)

/** What each enforcement point cannot express, from the configuration that Envoy and Istio accept. */
const ROWS: readonly Row[] = [
  {
    at: ['process'],
    part: 'hashOn',
    reason: 'code gives the key of each call itself (`key`)',
    applies: ({ policy }) => policy.hashOn !== undefined,
  },
  {
    at: ['process'],
    part: 'retry.on: a status of gRPC',
    reason: 'the client reads no grpc-status',
    applies: ({ policy }) => policy.retry?.on.some(isGrpcWord) === true,
  },
  {
    at: ['process'],
    part: 'bulkhead.connections',
    reason: 'the client limits calls (bulkhead.concurrency) and the connections of each endpoint',
    applies: ({ policy }) => policy.bulkhead?.connections !== undefined,
  },
  {
    at: ['process'],
    part: 'bulkhead.pending',
    reason: 'in the client, calls wait in the queue of the bulkhead (bulkhead.queue)',
    applies: ({ policy }) => policy.bulkhead?.pending !== undefined,
  },
  {
    at: ['mesh'],
    part: 'breaker.failureRate',
    reason: 'a mesh ejects endpoints after failures in a row and does not judge the share of failed calls',
    applies: ({ policy }) => policy.breaker !== undefined && policy.ejection === undefined,
  },
  {
    at: ['mesh'],
    part: 'breaker.slowCalls',
    reason: 'a mesh does not count slow answers',
    applies: ({ policy }) => policy.breaker?.slowCalls !== undefined,
  },
  {
    at: ['mesh'],
    part: 'answers',
    reason: 'a mesh counts every status from 500 on as a failure',
    applies: ({ policy }) => policy.answers.length > 0,
  },
  {
    at: ['mesh'],
    part: 'retry.backoff.jitter',
    reason: 'a mesh always uses full jitter',
    applies: ({ policy }) => policy.retry !== undefined && policy.retry.backoff.jitter !== 'full',
  },
  {
    at: ['mesh'],
    part: 'retry.backoff.pushback',
    reason: 'a mesh ignores Retry-After',
    applies: ({ policy }) =>
      policy.retry?.backoff.pushbackMs !== undefined &&
      policy.origins.get('retry.backoff.pushback')?.kind === 'document',
  },
  {
    at: ['mesh'],
    part: 'bulkhead.maxWait',
    reason: 'a mesh bounds the queue by length and by the connect timeout, not by waiting time',
    applies: ({ policy }) =>
      policy.bulkhead !== undefined && policy.origins.get('bulkhead.maxWait')?.kind === 'document',
  },
  {
    at: ['mesh'],
    part: 'adaptiveLimit',
    reason: 'a mesh has no limit that follows how calls fare',
    applies: ({ policy }) => policy.adaptiveLimit !== undefined,
  },
  {
    at: ['mesh'],
    part: 'hedge',
    reason: 'a mesh sends a second request only after a per-try timeout',
    applies: ({ policy }) => policy.hedge !== undefined,
  },
  {
    at: ['mesh'],
    part: 'balance: peak-ewma',
    reason: 'a mesh offers least request, round robin and ring hash',
    applies: ({ policy }) => policy.balance === 'peak-ewma',
  },
  {
    at: ['mesh'],
    part: 'warmUp',
    reason: 'a mesh lets endpoints warm up under least request and round robin alone',
    applies: ({ policy }) => policy.warmUpMs !== undefined && policy.balance === 'ring-hash',
  },
  {
    at: ['mesh'],
    part: 'fallback',
    reason: 'a mesh passes the failure on to the caller',
    applies: ({ fallback }) => fallback?.status !== undefined,
  },
  {
    at: ['sidecar', 'mesh'],
    part: 'fallback.queue',
    reason: 'only the process can keep a call in its own transaction and do it later',
    applies: ({ fallback }) => fallback?.queue !== undefined,
  },
  {
    at: ['sidecar', 'mesh'],
    part: 'fallback.cache',
    reason: 'neither keeps answers',
    applies: ({ fallback }) => fallback?.cache !== undefined,
  },
  {
    at: ['sidecar'],
    part: 'mode: observe',
    reason: 'the proxy enforces nothing then, and reports of the circuit breaker and of ejections alone',
    applies: ({ mode }) => mode === 'observe',
  },
  {
    at: ['mesh'],
    part: 'mode: observe',
    reason: 'a mesh enforces what it is given',
    applies: ({ mode }) => mode === 'observe',
  },
  {
    at: ['sidecar', 'mesh'],
    part: 'instance: shared',
    reason: 'limits belong to one destination there',
    applies: ({ policy }) => policy.instance === 'shared',
  },
]

/** The parts of a call's policy that an enforcement point cannot express, with what happens instead. */
export function inexpressible(call: Enforceable, point: Enforcement): EnforcementLimit[] {
  return ROWS.filter((row) => row.at.includes(point) && row.applies(call)).map(({ part, reason }) => ({
    part,
    reason,
  }))
}
