import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { Drills } from '../src/command-line/drills.js'
import { editableManifest, Shop } from './shop.js'
import { until } from './until.js'

/** A machine that is too busy for checkouts fails some, whatever payment does: then the next drill counts. */
const DRILLS_MAX = 2
/** With so many times more to do than it has processors for, it says nothing of what is promised, and something of what is lost. */
const TOO_BUSY = 3
const LONG_MS = 200_000

let shop: Shop
let manifest: string
let manifestFolder: string
const told: string[] = []
const hook = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text: string) => {
    told.push((JSON.parse(text) as { phase: string }).phase)
    response.end()
  })
})

beforeAll(async () => {
  hook.listen(0, '127.0.0.1')
  await once(hook, 'listening')
  const { file, folder } = await editableManifest()
  manifest = file
  manifestFolder = folder
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/incidents`
  const text = await readFile(file, 'utf8')
  // Sooner, shorter, and with fewer checkouts; what is promised of them stays as it is.
  const quick = text
    .replace('every: 30d', 'every: 5s')
    .replace('    for: 30s\n', `    for: 10s\n    notify: ${url}\n`)
    .replace('rate: 10/s', 'rate: 5/s')
  await writeFile(file, quick)
  shop = await Shop.open({ manifestFile: file })
  // As npm start does: what has only just been started is slow, and a drill is about payment.
  for (let count = 0; count < 20; count += 1) await shop.order().catch(() => {})
})
afterAll(async () => {
  await shop.close()
  await rm(manifestFolder, { recursive: true })
  hook.close()
})

/** Has drills run as `npm start` does, until one has met what the document promises, or it is clear that none will. */
async function scheduledDrill(): Promise<DrillRecord> {
  const said: string[] = []
  const ended: string[] = []
  const hear = ({ phase, text }: { readonly phase: string; readonly text: string }): void => {
    said.push(text)
    if (phase === 'ended') ended.push(text)
  }
  const drills = new Drills({ runFolder: shop.dataFolder, manifestFile: manifest }, hear)
  try {
    for (let count = 1; count <= DRILLS_MAX; count += 1) {
      await until('a drill has ended', () => ended.length >= count, LONG_MS)
      if (ended.includes('drill payment-slow met all objectives')) break
    }
  } finally {
    await drills.close()
    console.log(said.join('\n'))
  }
  const folder = join(shop.dataFolder, 'drills')
  const kept = (await readdir(folder)).filter((name) => name.endsWith('Z.json')).toSorted()
  const texts = await Promise.all(kept.map((name) => readFile(join(folder, name), 'utf8')))
  const records = texts.map((text) => JSON.parse(text) as DrillRecord).filter(({ kind }) => kind === 'drill')
  console.log(JSON.stringify(records.map(({ ok, requests }) => ({ ok, requests }))))
  return records.findLast(({ ok }) => ok) ?? (records.at(-1) as DrillRecord)
}

function isTooBusy(): boolean {
  return (loadavg()[0] ?? 0) > TOO_BUSY * availableParallelism()
}

interface DrillRecord {
  /** One that was not run is kept as well. */
  readonly kind: string
  readonly ok: boolean
  readonly requests: { readonly requests: number; readonly outcomes: Readonly<Record<string, number>> }
  readonly backlog: { readonly sagas: number }
}

test('by schedule beside npm start: the payment API times out, which is noticed within a minute, told, and healed without a hand; no more checkouts fail than the document promises, and all that had waited is done', async () => {
  const record = await scheduledDrill()
  console.log(JSON.stringify(record))
  expect(record).toMatchObject({
    target: 'payment',
    scheduled: true,
    requests: { failedMax: 0.01 },
    objectives: [{ service: 'order', availability: 0.995, p99Ms: 1_000 }],
    lost: 0,
    notified: { detected: true, recovered: true },
  })
  if (record.ok || !isTooBusy())
    expect(record).toMatchObject({
      ok: true,
      detected: { ok: true, by: expect.stringContaining('order') as string },
      recovered: { ok: true },
      requests: { ok: true },
      backlog: { drained: { ok: true } },
    })
  expect(told.slice(0, 2)).toEqual(['detected', 'recovered'])
  expect(record.requests.requests).toBeGreaterThan(50)
  // Accepted while payment was away, and placed since.
  expect(record.requests.outcomes['202']).toBeGreaterThan(0)
  expect(record.backlog.sagas).toBeGreaterThan(0)
  const runbook = await readFile(join(shop.dataFolder, 'drills', 'payment-slow.md'), 'utf8')
  expect(runbook).toContain('- **Trigger**: payment answers 5 s late.')
  expect((await settleBooks(shop.system, [], 60_000)).findings).toEqual([])
}, 600_000)
