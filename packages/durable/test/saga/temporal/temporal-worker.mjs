// A worker of Temporal in a process of its own, for tests that kill it. Each effect is a line in a file, with its key.
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { constant } from '@watertight/policy'
import { openTemporalEngine, saga } from '@watertight/durable'

const { effects, ...options } = JSON.parse(process.argv[2])
const step = {
  run: async ({ key }) => {
    appendFileSync(effects, `${key}\n`)
    process.send?.(key)
    // Long enough to be killed before it has answered.
    await sleep(20)
  },
  compensate: () => {},
  retry: { attempts: 50, backoff: constant({ ms: 50 }) },
}
const placeOrder = saga('place-order-elsewhere')
  .step('reserve', step)
  .step('charge', step)
  .step('ship', step)
  .build()
await openTemporalEngine({ ...options, sagas: [placeOrder], concurrency: 8 })
process.on('disconnect', () => process.exit())
