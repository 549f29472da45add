import { watertightKafka } from './kafka-events.mjs'
import { inTurns, medianRow } from './in-turns.mjs'
import { graphileWorker, pgBoss, watertightOutbox } from './drain-events.mjs'

const rounds = 3
const eventsPerRound = 10_000
const digits = { perSecond: 0, p50Ms: 1, p99Ms: 1 }

/**
 * What outbox and job queues drain a second on one Postgres, in turns. Latency counts from the start of the draining: how
 * long what was there already has waited.
 * @returns {Promise<{ case: string, perSecond: number, p50Ms: number, p99Ms: number }[]>}
 */
export async function eventsRows(postgres) {
  const systems = [
    await watertightOutbox(await postgres.createDatabase('outbox')),
    await graphileWorker(await postgres.createDatabase('graphile')),
    await pgBoss(await postgres.createDatabase('boss')),
    await watertightKafka(await postgres.createDatabase('kafka')),
  ].filter((system) => system !== undefined)
  const measured = await inTurns(
    systems.map(({ fill, drain }) => async () => {
      await fill(eventsPerRound)
      return await drain(eventsPerRound)
    }),
    rounds,
  )
  for (const { close } of systems) await close()
  return systems.map(({ name }, which) => medianRow(name, measured[which], digits))
}
