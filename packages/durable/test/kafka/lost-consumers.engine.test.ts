import { seededRandom } from '@watertight/policy/testing'
import { beforeAll, expect, test } from 'vitest'
import { dropConnections, killServices, prepareEffects, type Shop } from '../crash/kill-services.js'
import { placeOrders } from '../crash/orders.mjs'
import { KafkaStage } from './kafka-stage.js'

const stage = new KafkaStage()
let shop: Shop
beforeAll(async () => {
  const { store } = stage.scene('effects')
  await prepareEffects(store)
  const bringOrders = async (service: string): Promise<void> => {
    await placeOrders(store, service)
    await stage.scene(service).relay()
  }
  shop = { url: stage.postgresUrl, kafka: { url: stage.server.url, broker: stage.kafka, bringOrders } }
})

test.each(['before', 'after'] as const)(
  'a consumer of Kafka loses its connection to Postgres %s each statement in turn: every effect once, those of a key in their order',
  async (when) => {
    const { places, wrong } = await dropConnections(shop, { when })
    console.log(`consuming from Kafka: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  },
  300_000,
)

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const first = 1 + Math.floor(seededRandom(seed)() * 3)

// To the database who dies before a statement has lost the connection there, which is tried at every one.
test(`a consumer of Kafka is killed before one in three statements: every effect once, those of a key in their order (WATERTIGHT_SEED=${seed})`, async () => {
  const { places, wrong } = await killServices(shop, { when: 'before', first, oneIn: 3 })
  console.log(`consuming from Kafka: killed before each of ${places} statements`)
  expect(places).toBeGreaterThan(8)
  expect(wrong).toEqual([])
}, 300_000)
