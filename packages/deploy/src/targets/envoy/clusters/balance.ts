import type { PolicyModel } from '@watertight/manifest'
import { type Json, seconds, typed } from '../json.js'

/** Points of one endpoint on the ring. */
const POINTS = 256
const POINTS_MAX = 8_388_608

/**
 * How an endpoint is chosen. The ring grows with the endpoints: at one size, an endpoint that joins takes points from
 * all others, and a third of the keys move where a quarter would do.
 */
export function balance(policy: PolicyModel | undefined, endpoints: number): Json {
  const name = policy?.balance ?? 'round-robin'
  const slowStart = slowStartOf(policy)
  switch (name) {
    case 'round-robin':
      return {
        lb_policy: 'ROUND_ROBIN',
        ...(slowStart === undefined ? {} : { round_robin_lb_config: slowStart }),
      }
    case 'ring-hash': {
      const size = Math.min(POINTS_MAX, POINTS * Math.max(1, endpoints))
      return {
        lb_policy: 'RING_HASH',
        ring_hash_lb_config: { minimum_ring_size: size, maximum_ring_size: POINTS_MAX },
      }
    }
    case 'least-request':
    case 'peak-ewma':
      return {
        load_balancing_policy: {
          policies: [
            { typed_extension_config: leastRequest(endpoints, policy?.retry !== undefined, slowStart) },
          ],
        },
      }
  }
}

/** Up to so many endpoints, looking at each of them costs less than a bad choice. */
const SCANNED_MAX = 10

/**
 * Envoy draws two endpoints and takes the one with less under way, but may draw the same one twice: of two endpoints, the
 * busier one would get a quarter of the requests. So few are all looked at, unless there are retries: an endpoint that
 * has just failed has nothing under way, and would be drawn again and again.
 */
function leastRequest(endpoints: number, retries: boolean, slowStart: Json | undefined): Json {
  return {
    name: 'envoy.load_balancing_policies.least_request',
    typed_config: typed('envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest', {
      selection_method: endpoints <= SCANNED_MAX && !retries ? 'FULL_SCAN' : 'N_CHOICES',
      choice_count: 2,
      ...slowStart,
    }),
  }
}

/** What an endpoint that warms up begins with, as everywhere here. */
const FIRST_PERCENT = 10

function slowStartOf(policy: PolicyModel | undefined): Json | undefined {
  if (policy?.warmUpMs === undefined) return undefined
  return {
    slow_start_config: {
      slow_start_window: seconds(policy.warmUpMs),
      min_weight_percent: { value: FIRST_PERCENT },
    },
  }
}
