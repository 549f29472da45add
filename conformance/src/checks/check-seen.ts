import type { Seen } from '../scenario/seen-schema.js'
import type { Recorder } from '../upstream/recorder.js'
import { checkAttemptsOfCalls } from './check-attempts-of-calls.js'
import { checkBalance } from './check-balance.js'
import { checkConnections } from './check-connections.js'
import { checkJitter } from './check-jitter.js'
import { checkRequests } from './check-requests.js'

/** All that speaks against what the callee has seen, one sentence each. */
export function checkSeen(seen: Seen, recorder: Recorder): readonly string[] {
  const { requests } = recorder
  return [
    ...checkRequests(seen, recorder),
    ...checkAttemptsOfCalls(seen, requests),
    ...checkJitter(seen, requests),
    ...checkConnections(seen, recorder),
    ...checkBalance(seen, requests),
  ]
}
