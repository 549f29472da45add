import { defineTopic, consume, migrate, openStore, publish } from '../../../packages/durable/dist/index.js'
import { makeWorkerUtils, Logger, run } from 'graphile-worker'
import PgBoss from 'pg-boss'
import { quantile } from '../runner/arithmetic.mjs'

const batch = 500
const batches = (count, make) =>
  Array.from({ length: count / batch }, (_, turn) =>
    Array.from({ length: batch }, (__, index) => make(turn * batch + index)),
  )

/** Starts with a way to count, and resolves once `count` are counted: how many a second, and when each came. */
export async function drained(count, start) {
  const cameMs = new Float64Array(count)
  let came = 0
  let end
  const all = new Promise((resolve) => (end = resolve))
  const startedAt = performance.now()
  const stop = await start(() => {
    if (came < count) cameMs[came] = performance.now() - startedAt
    came += 1
    if (came === count) end()
  })
  await all
  await stop()
  const figures = { perSecond: (1_000 * count) / cameMs[count - 1] }
  return { ...figures, p50Ms: quantile(cameMs, 0.5), p99Ms: quantile(cameMs, 0.99) }
}

export const benchTopic = defineTopic('bench', {
  source: '/bench',
  types: { placed: { schema: { parse: (input) => input } } },
})

/** Events of 5,000 keys, in order per key, each into the inbox with its position. */
export async function watertightOutbox(url) {
  const store = openStore(url)
  await migrate(store)
  return {
    name: 'watertight outbox to consumer',
    store,
    fill: async (count) => {
      const event = (n) => ({ type: 'placed', key: `order-${n % 5_000}`, data: { n } })
      for (const events of batches(count, event)) {
        await store.transaction((transaction) => publish(transaction, benchTopic, events))
      }
    },
    drain: (count) =>
      drained(count, async (one) => {
        const consumer = await consume(store, {
          group: 'bench',
          topic: benchTopic,
          handle: async () => one(),
        })
        return () => consumer.close()
      }),
    close: () => store.close(),
  }
}

/** With the local queue that its makers measure with. */
export async function graphileWorker(connectionString) {
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ connectionString, logger })
  await utils.migrate()
  return {
    name: 'graphile-worker',
    fill: async (count) => {
      for (const jobs of batches(count, (n) => ({ identifier: 'placed', payload: { n } })))
        await utils.addJobs(jobs)
    },
    drain: (count) =>
      drained(count, async (one) => {
        const preset = {
          worker: { localQueue: { size: batch }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
        }
        const options = {
          connectionString,
          logger,
          concurrency: 24,
          noHandleSignals: true,
          maxPoolSize: 10,
          preset,
        }
        const runner = await run({ ...options, taskList: { placed: async () => one() } })
        return () => runner.stop()
      }),
    close: () => utils.release(),
  }
}

/** Fetched and completed in batches. */
export async function pgBoss(connectionString) {
  const boss = new PgBoss({ connectionString })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('placed')
  return {
    name: 'pg-boss',
    fill: async (count) => {
      for (const jobs of batches(count, (n) => ({ name: 'placed', data: { n } }))) await boss.insert(jobs)
    },
    drain: (count) =>
      drained(count, async (one) => {
        for (let left = count; left > 0;) {
          const jobs = await boss.fetch('placed', { batchSize: batch })
          await boss.complete(
            'placed',
            jobs.map(({ id }) => id),
          )
          left -= jobs.length
          for (let done = 0; done < jobs.length; done += 1) one()
        }
        return async () => {}
      }),
    close: () => boss.stop({ graceful: false }),
  }
}
