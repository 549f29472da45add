import { createTelemetry } from '../../../packages/telemetry/dist/index.js'
import { calls, settled } from './calls.mjs'

const telemetry = createTelemetry({ service: 'order' })
const payment = telemetry.destination({ to: 'payment' })

/** @type {import('../runner/time-cases.mjs').Case} */
export const watertightCall = {
  name: 'watertight call',
  loop: async (count) => {
    for (let index = 0; index < count; index += 1) {
      const { route, outcome, status, durationMs } = calls[index % 1_024]
      payment.finished(route, outcome, status, durationMs)
      await settled
    }
  },
}
