import type { Driver } from '../driver.js'
import { importedLimit } from '../proxy/proxy-differences.js'

/** What Envoy cannot say by its nature. */
const lacks: Readonly<Record<string, string>> = {
  'policy.breaker':
    'Envoy has no circuit breaker that opens: what it calls so are limits of what is under way',
  'policy.adaptiveLimit':
    'its adaptive_concurrency limits a listener, takes no notice of failures, and lets but a few calls pass now and then to measure the least latency',
  'policy.retry.on.attempt-timeout': 'Envoy has no condition for the time limit of an attempt alone',
  'policy.retry.budget.ratio':
    'its budget is a share of the requests under way at the moment, and not of those of a time',
  'policy.retry.backoff.jitter.none': 'Envoy draws every pause from nothing to its limit',
  'policy.retry.backoff.jitter.equal': 'Envoy draws every pause from nothing to its limit',
  'policy.balance.peak-ewma': 'Envoy does not measure how quickly endpoints answer',
  'policy.mode.observe': 'Envoy enforces what it is given',
  'fallback.cache': 'Envoy keeps no answers for when they fail',
}

/** Where Envoy does otherwise. */
const differs: Readonly<Record<string, string>> = {
  ...importedLimit,
  'rate-limit-has-the-flag-rl':
    'a limit of its own gets no flag: RL is for those of a service for rate limits',
  'failed-attempts-leave-no-mess-on-a-connection':
    'an answer that is thrown away ends its connection, unless its body has come whole by then',
  'retry-after-beyond-the-deadline':
    'the pause that the callee asks for is waited although the call ends before it',
  'retry-after-above-the-pushback-limit':
    'who is asked to wait longer than the limit tries again after the ordinary pause',
  'overloaded-callee-is-left-alone': 'the header x-envoy-overloaded of an answer is not heeded',
  'negative-pushback-ends-the-retries': 'the header x-should-retry of an answer is not known',
  'callers-retries-repeat-no-post':
    'the retries for which a trusted caller asks hold for every method, POST among them',
  'endpoint-that-was-ejected-warms-up':
    'an endpoint that comes back from an ejection has its full share at once: only one that joins, or that health checks let in, warms up',
  'wait-has-a-limit': 'a queue is bounded by its length, and a request waits until its own time is over',
}

/** Where the real Envoy does not do what a scenario says, with the reasons. */
export const envoyDifferences: Pick<Driver, 'lacks' | 'differs'> = { lacks, differs }
