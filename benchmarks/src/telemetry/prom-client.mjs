// prom-client with the same two metrics: a counter by outcome and status, a histogram by outcome. Its labels are given
// with every call, as its documentation shows; held children exist for labels that are known beforehand, which a route
// is not.
import client from 'prom-client'
import { buckets, calls, settled } from './calls.mjs'

const registry = new client.Registry()
const requests = new client.Counter({
  name: 'client_requests_total',
  help: 'Calls.',
  labelNames: ['service', 'destination', 'route', 'outcome', 'status'],
  registers: [registry],
})
const duration = new client.Histogram({
  name: 'client_request_duration_seconds',
  help: 'Durations.',
  labelNames: ['service', 'destination', 'route', 'outcome'],
  buckets,
  registers: [registry],
})

/** @type {import('../runner/time-cases.mjs').Case} */
export const promClientCall = {
  name: 'prom-client call',
  loop: async (count) => {
    for (let index = 0; index < count; index += 1) {
      const { route, outcome, status, durationMs } = calls[index % 1_024]
      requests.inc({ service: 'order', destination: 'payment', route, outcome, status })
      duration.observe({ service: 'order', destination: 'payment', route, outcome }, durationMs / 1_000)
      await settled
    }
  },
}
