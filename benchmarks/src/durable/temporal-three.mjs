import { proxyActivities } from '@temporalio/workflow'

const steps = proxyActivities({ startToCloseTimeout: '10s' })

/** Runs in Temporal's sandbox. */
export async function three() {
  await steps.one()
  await steps.two()
  return await steps.three()
}
