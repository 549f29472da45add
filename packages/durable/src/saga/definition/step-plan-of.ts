import { durationMs, type Duration } from '@watertight/manifest/units'
import { exponential } from '@watertight/policy/decisions'
import {
  callback,
  checkOptions,
  flag,
  having,
  integer,
  nested,
  oneOf,
  required,
  text,
  type Rule,
} from '@watertight/policy/options'
import type { RetryPlan, StepPlan } from './saga-plan.js'
import type { StepOptions, StepRetryOptions } from './step-options.js'

export const duration: Rule = {
  allowed: "a duration such as '5s'",
  accepts: (value) => typeof value === 'string' && isDuration(value),
}

function isDuration(value: string): boolean {
  try {
    durationMs(value as Duration)
    return true
  } catch {
    return false
  }
}

export const schema: Rule = {
  allowed: 'a schema that follows Standard Schema 1',
  accepts: (value) =>
    value !== null && (typeof value === 'object' || typeof value === 'function') && '~standard' in value,
}

const words: Rule = {
  allowed: 'a list of texts that are not empty',
  accepts: (value) => Array.isArray(value) && value.every((word) => typeof word === 'string' && word !== ''),
}

const retry = nested({
  attempts: integer(1),
  backoff: having('delayMs', 'a backoff, such as exponential({ initialMs: 100 })'),
})

const rules = {
  run: required(callback),
  compensate: callback,
  effect: oneOf('none'),
  result: schema,
  refusals: words,
  retry,
  timeout: duration,
  compensation: nested({ retry, timeout: duration }),
  optional: flag,
  dependency: text,
}

const stepRetry: RetryPlan = {
  attempts: 5,
  backoff: exponential({ initialMs: 200, maxMs: 10_000, jitter: 'equal' }),
}
const compensationRetry: RetryPlan = {
  attempts: 20,
  backoff: exponential({ initialMs: 500, maxMs: 60_000, jitter: 'equal' }),
}
const timeoutDefault: Duration = '30s'

/** The part of a step that decisions are made from. */
export function stepPlanOf<Input, Results, Result>(
  saga: string,
  name: string,
  options: StepOptions<Input, Results, Result>,
): StepPlan {
  checkOptions(`step ${name} of saga ${saga}`, options, rules)
  const { compensation, optional = false, refusals = [], timeout = timeoutDefault } = options
  return {
    name,
    kind: 'call',
    optional,
    compensates: options.compensate !== undefined,
    hasEffect: options.effect !== 'none',
    refusals,
    retry: retryPlan(options.retry, stepRetry),
    compensationRetry: retryPlan(compensation?.retry, compensationRetry),
    timeoutMs: durationMs(timeout),
    compensationTimeoutMs: durationMs(compensation?.timeout ?? timeoutDefault),
    dependency: options.dependency ?? `${saga}/${name}`,
  }
}

const retryPlan = (options: StepRetryOptions | undefined, defaults: RetryPlan): RetryPlan => ({
  attempts: options?.attempts ?? defaults.attempts,
  backoff: options?.backoff ?? defaults.backoff,
})

/** A step that calls nobody: a timer, or the wait for a signal. */
export function waitPlanOf(kind: 'timer' | 'signal', name: string, waitMs: number | undefined): StepPlan {
  return {
    name,
    kind,
    optional: false,
    compensates: false,
    hasEffect: false,
    refusals: [],
    retry: stepRetry,
    compensationRetry,
    timeoutMs: 0,
    compensationTimeoutMs: 0,
    ...(waitMs === undefined ? {} : { waitMs }),
    dependency: timersLane,
  }
}

/** Where sagas wait that need nobody but the clock. */
export const timersLane = 'timers and signals'
