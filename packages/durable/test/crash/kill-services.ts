import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Broker } from '../../src/brokers/broker.js'
import { openStore } from '../../src/store/open-store.js'
import type { Store } from '../../src/store/store.js'
import { atEach, type Run, type Sample, type Struck } from '../servers/at-each.js'
import { dropEverywhere, type Dropping } from '../servers/drop-everywhere.js'
import { handleOrders, live } from './orders.mjs'

const program = fileURLToPath(new URL('order-service.mjs', import.meta.url))

export interface Crash {
  /** The number of the statement, from 1. */
  readonly at: number
  readonly when: 'before' | 'after'
}

export async function prepareEffects(store: Store): Promise<void> {
  await store.query('create schema if not exists effects')
  await store.query('create table effects.ordered (service text, name integer, unique (service, name))')
  await store.query(
    'create table effects.handled (number integer generated always as identity, service text, name integer)',
  )
}

/** Every order is there and was handled once, those of a key in their order; else what is wrong. */
async function wrongOf(store: Store, service: string): Promise<string[]> {
  const names = async (text: string): Promise<number[]> =>
    (await store.query<{ name: number }>(text, [service])).rows.map(({ name }) => name)
  const ordered = await names('select name from effects.ordered where service = $1 order by name')
  const handled = await names('select name from effects.handled where service = $1 order by number')
  const ofKey = (key: number): string => handled.filter((name) => name % 2 === key).join()
  const isRight = ordered.join() === '0,1,2' && ofKey(0) === '0,2' && ofKey(1) === '1'
  return isRight ? [] : [`${service}: ordered ${ordered.join()}, handled ${handled.join()}`]
}

/** Where services live. */
export interface Shop {
  readonly url: string
  /** From where orders are handled, else from the outbox: each service finds there what was brought before it began. */
  readonly kafka?: {
    readonly url: string
    readonly broker: Broker
    readonly bringOrders: (service: string) => Promise<void>
  }
}

async function serve({ kafka }: Shop, store: Store, service: string): Promise<void> {
  await (kafka === undefined ? live(store, service) : handleOrders(store, service, kafka.broker))
}

/** The process of the service is killed; what it has left another one does, in this process. */
export async function kill(shop: Shop, { at, when }: Crash): Promise<Run> {
  const { url, kafka } = shop
  const service = `killed-${when}-${at}`
  await kafka?.bringOrders(service)
  const child = fork(program, [JSON.stringify({ url, kafka: kafka?.url, service, at, when })])
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== 'SIGKILL' && code !== 0)
    throw new Error(`${service} ended by itself, with ${code ?? signal}`)
  const store = openStore(url)
  try {
    if (signal === 'SIGKILL') await serve(shop, store, service)
    return { isStruck: signal === 'SIGKILL', wrong: await wrongOf(store, service) }
  } finally {
    await store.close()
  }
}

/** The service loses a connection at each statement in turn, or at one in so many, and goes on by another. */
export async function dropConnections(shop: Shop, dropping: Omit<Dropping, 'live'>): Promise<Struck> {
  const whole = openStore(shop.url)
  const liveThrough = async (cutUrl: string, name: string): Promise<string[]> => {
    const service = `dropped-${name}`
    await shop.kafka?.bringOrders(service)
    const store = openStore(cutUrl)
    try {
      await serve(shop, store, service)
      return await wrongOf(whole, service)
    } finally {
      await store.close()
    }
  }
  try {
    return await dropEverywhere(shop.url, { ...dropping, live: liveThrough })
  } finally {
    await whole.close()
  }
}

/** The process of the service is killed at each statement in turn, or at one in so many. */
export async function killServices(
  shop: Shop,
  { when, ...sample }: Sample & { readonly when: Crash['when'] },
): Promise<Struck> {
  // A process that starts is at work all the time.
  return await atEach((at) => kill(shop, { at, when }), { lanes: 2, ...sample })
}
