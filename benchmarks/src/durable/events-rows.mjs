import { median, round } from '../runner/arithmetic.mjs'
import { watertightKafka } from './kafka-events.mjs'
import { graphileWorker, pgBoss, watertightOutbox } from './drain-events.mjs'

const rounds = 3
const eventsPerRound = 10_000

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
  const measured = new Map(systems.map(({ name }) => [name, []]))
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (let place = 0; place < systems.length; place += 1) {
      const { name, fill, drain } = systems[(place + turn) % systems.length]
      await fill(eventsPerRound)
      const figures = await drain(eventsPerRound)
      // The first turn warms up.
      if (turn > 0) measured.get(name).push(figures)
    }
  }
  for (const { close } of systems) await close()
  return [...measured].map(([name, turns]) => {
    const middle = (figure, digits) => round(median(turns.map((one) => one[figure])), digits)
    return {
      case: name,
      perSecond: middle('perSecond', 0),
      p50Ms: middle('p50Ms', 1),
      p99Ms: middle('p99Ms', 1),
    }
  })
}
