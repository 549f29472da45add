import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { Load } from '../src/load/load.js'
import { Measurements } from '../src/load/measurements.js'
import { proxyFigures } from '../src/status/proxy-figures.js'
import { editableManifest, Shop } from './shop.js'
import { until } from './until.js'

const SHARE = 0.05
const ENOUGH = 1_500
/** A right share is farther off than this once in more than a million runs. */
const DEVIATIONS = 5

let folder: string
let manifestFile: string
let manifest: string
let shop: Shop
let load: Load
const measurements = new Measurements()
const counts = () => measurements.snapshot().overall.counts

beforeAll(async () => {
  const copy = await editableManifest()
  folder = copy.folder
  manifestFile = copy.file
  manifest = await readFile(manifestFile, 'utf8')
  shop = await Shop.open({ manifestFile })
  load = new Load({ frontDoor: shop.system.frontDoor, rate: 3, measurements })
})
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true })
})

async function requests(): Promise<{ all: number; canary: number }> {
  const { edges } = proxyFigures(await shop.system.text('gateway', '/stats/prometheus'))
  const calls = (version: string) => edges.find(({ to }) => to === `order@${version}`)?.calls ?? 0
  return { all: calls('stable') + calls('canary'), canary: calls('canary') }
}

/** Requests of which the gateway has lost the answer, or refused. */
async function unanswered(): Promise<number> {
  const { edges } = proxyFigures(await shop.system.text('gateway', '/stats/prometheus'))
  return edges.reduce((sum, edge) => sum + edge.failures + edge.fallbacks + edge.refusedOtherwise, 0)
}

const inForce = (text: string) =>
  until('the gateway has it', async () =>
    (await shop.system.text('gateway', '/config_dump')).replaceAll(/\s/g, '').includes(text),
  )

/** Look-ups of an order that is not there, which cost less than checkouts and are split alike. */
async function lookUp(times: number): Promise<void> {
  let left = times
  const ask = async () => {
    while ((left -= 1) >= 0) {
      const answer = await shop.request('gateway', 'GET', '/orders/none')
      expect(answer).toMatchObject({ status: 404, body: { title: 'unknown order' } })
    }
  }
  await Promise.all(Array.from({ length: 3 }, ask))
}

test('a canary gets 5% of the requests by one number, and none is lost as it comes and goes', async () => {
  await until('orders are placed', () => counts().placed > 20)
  expect((await requests()).canary).toBe(0)

  await writeFile(manifestFile, manifest.replace('canary: 0 }', 'canary: 5 }'))
  await inForce('"canary":5')
  const before = await requests()
  await lookUp(ENOUGH)
  const after = await requests()
  const all = after.all - before.all
  const canary = after.canary - before.canary
  expect(all).toBeGreaterThanOrEqual(ENOUGH)
  const bound = DEVIATIONS * Math.sqrt(all * SHARE * (1 - SHARE))
  expect(Math.abs(canary - all * SHARE)).toBeLessThan(bound)

  // Back again: it takes no more, and what it has taken ends well.
  await writeFile(manifestFile, manifest)
  await inForce('"canary":0')
  const last = await requests()
  await lookUp(200)
  expect((await requests()).canary).toBe(last.canary)
  await load.stop()
  // However slow the machine is: order has answered whatever came to the gateway.
  expect(await unanswered()).toBe(0)
  expect(shop.system.restarts).toBe(0)
  const { books, findings } = await settleBooks(shop.system, load.acknowledged, 30_000)
  expect(findings).toEqual([])
  expect(new Set(books.orders.map(({ takenBy }) => takenBy)).has('stable')).toBe(true)
}, 180_000)
