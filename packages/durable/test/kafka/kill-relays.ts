import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../src/store/open-store.js'
import type { Store } from '../../src/store/store.js'
import { atEach, type Struck } from '../servers/at-each.js'
import { dropEverywhere } from '../servers/drop-everywhere.js'
import type { KafkaStage } from './kafka-stage.js'
import { relayOrders } from './relay-orders.mjs'

const program = fileURLToPath(new URL('relay-process.mjs', import.meta.url))

/** Relays that bring what services have published to one topic in Kafka. */
export interface Relaying {
  readonly stage: KafkaStage
  readonly kafkaTopic: string
  /** Of which there is something; each of them has a relay to itself. */
  readonly services: string[]
}

/** A relay loses a connection to its database at each statement in turn, and goes on by another. */
export async function dropConnections(relaying: Relaying, when: 'before' | 'after'): Promise<Struck> {
  const { stage, kafkaTopic, services } = relaying
  const live = async (url: string, name: string): Promise<[]> => {
    const service = `dropped-${name}`
    services.push(service)
    const store = openStore(url)
    try {
      await relayOrders(store, stage.kafka, { kafkaTopic, service })
      return []
    } finally {
      await store.close()
    }
  }
  return await dropEverywhere(stage.postgresUrl, { when, live })
}

/** Where a relay is killed: before a statement, or at a call of Kafka. */
type Place = { readonly at: number } | { readonly step: string }

/** The process of a relay is killed; another one goes on, in this process. Whether it got as far as that. */
async function killed(
  { stage, kafkaTopic, services }: Relaying,
  place: Place,
  store: Store,
): Promise<boolean> {
  const service = `killed-${'at' in place ? place.at : place.step.replace(' ', '-')}`
  services.push(service)
  const settings = { url: stage.postgresUrl, kafka: stage.server.url, kafkaTopic, service, ...place }
  const child = fork(program, [JSON.stringify(settings)])
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== 'SIGKILL' && code !== 0)
    throw new Error(`${service} ended by itself, with ${code ?? signal}`)
  if (signal === 'SIGKILL') await relayOrders(store, stage.kafka, { kafkaTopic, service })
  return signal === 'SIGKILL'
}

/** At each of these calls of Kafka, and before each statement, in turn. */
export async function killRelays(relaying: Relaying, steps: readonly string[]): Promise<Struck> {
  const store = openStore(relaying.stage.postgresUrl)
  const wrong: string[] = []
  try {
    for (const step of steps) {
      if (!(await killed(relaying, { step }, store))) wrong.push(`was not killed ${step}`)
    }
    const struck = await atEach(
      async (at) => ({ isStruck: await killed(relaying, { at }, store), wrong: [] }),
      { lanes: 2 },
    )
    return { ...struck, wrong }
  } finally {
    await store.close()
  }
}
