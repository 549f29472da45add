import { expect, test } from 'vitest'
import type { ConsumerRounds } from '../../src/events/consumer-rounds.js'
import { drain, type Scene } from '../scene.js'
import { KafkaStage } from './kafka-stage.js'
import { dropConnections, killRelays, type Relaying } from './kill-relays.js'

const stage = new KafkaStage()

/** What came to Kafka of each service, in its order; what is there twice is told once. */
async function relayed(it: Scene, member: ConsumerRounds): Promise<Record<string, string>> {
  await drain(member)
  const services: Record<string, string> = {}
  for (const effect of await it.effects()) {
    const [, service = '', key, n] = /^(.*)\.(\d):(\d)$/.exec(effect) ?? []
    // The order is that of a key: what is said of the other one goes behind.
    const said = services[service] ?? '|'
    services[service] = key === '0' ? said.replace('|', `${n}|`) : `${said}${n}`
  }
  return services
}

async function expectAll({ kafkaTopic, services }: Relaying): Promise<void> {
  const it = stage.scene(kafkaTopic)
  const member = await it.member()
  const all = Object.fromEntries(services.map((service) => [service, '02|1']))
  await expect.poll(() => relayed(it, member), { timeout: 60_000 }).toEqual(all)
}

test.each(['before', 'after'] as const)(
  'a relay loses its connection to Postgres %s each statement in turn: every event is in Kafka, those of a key in their order',
  async (when) => {
    const relaying = { stage, kafkaTopic: `dropped-${when}`, services: [] }
    const { places } = await dropConnections(relaying, when)
    console.log(`relaying: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(10)
    await expectAll(relaying)
  },
  300_000,
)

// Whoever dies before a statement dies after the one before it, but where Kafka is asked in between.
test('a relay is killed before each statement and around each call of Kafka in turn: every event is in Kafka, those of a key in their order', async () => {
  const relaying = { stage, kafkaTopic: 'killed', services: [] }
  const steps = ['before prepare', 'after prepare', 'before send', 'after send']
  const { places, wrong } = await killRelays(relaying, steps)
  console.log(`relaying: killed around ${steps.length / 2} calls and before each of ${places} statements`)
  expect(places).toBeGreaterThan(10)
  expect(wrong).toEqual([])
  await expectAll(relaying)
}, 300_000)
