import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@watertight/durable'
import { checkManifest } from '@watertight/manifest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadManifest, MANIFEST_FILE, ManifestError } from '../src/manifest/manifest.js'
import type { Edge } from '../src/http/edge.js'
import { OrderStore } from '../src/order/order-store.js'
import { placeOrderSaga } from '../src/order/place-order.js'
import { steps } from '../src/order/steps.js'
import { documentName, instanceNames } from '../src/services/names.js'
import { Shop } from './shop.js'

let folder: string
let file: string
let text: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'))
  file = join(folder, 'watertight.yaml')
  text = await readFile(MANIFEST_FILE, 'utf8')
  await writeFile(file, text)
})
afterAll(() => rm(folder, { recursive: true }))

test('the check has nothing to say, and each silence has a reason', () => {
  const report = checkManifest(text, { file: 'watertight.yaml' })
  expect(report.ok).toBe(true)
  expect(report.findings).toEqual([])
  expect([...new Set(report.silenced.map(({ code }) => code))].sort()).toEqual([
    'WT-AVAILABILITY-ONE-REPLICA',
    'WT-DATA-EVENT-NOT-CONSUMED',
    'WT-DATA-SAGA-OUTLIVES-DEADLINE',
    'WT-PRACTICE-EXPERIMENT-ONCE',
    'WT-RETRY-AMPLIFICATION',
    'WT-RETRY-NEVER-RUNS',
  ])
})

test('it describes the services that there are', () => {
  expect([...loadManifest().model.services.keys()]).toEqual([...new Set(instanceNames.map(documentName))])
})

test('the saga of a checkout is the one that is described', () => {
  // Neither is asked for anything here.
  const nobody = { call: () => Promise.reject(new Error('asked')) } as Pick<Edge, 'call'>
  const callees = { inventory: nobody, payment: nobody, loyalty: nobody }
  const orders = new OrderStore(openStore('postgres://localhost/none', { listenUrl: false }))
  const { plan } = placeOrderSaga(callees, orders)
  // What order does to its own rows is no call.
  const calls = plan.stages.flat().filter(({ name }) => name !== 'open' && name !== 'confirm')
  const retryOf = ({ attempts, backoff }: (typeof calls)[number]['retry']) => ({
    attempts,
    backoff: { initialMs: backoff.delayMs(1, 0, () => 1), maxMs: backoff.delayMs(99, 0, () => 1) },
  })
  const described = loadManifest().model.sagas.get('place-order')
  const said = [...(described?.stages ?? [])].flat()
  expect(calls.map(({ name, dependency }) => [name, dependency])).toEqual(
    said.map(({ name, service }) => [name, service]),
  )
  expect({ version: plan.version, deadlineMs: plan.deadlineMs }).toEqual({
    version: described?.version,
    deadlineMs: described?.deadlineMs,
  })
  for (const [index, step] of calls.entries()) {
    const { operation, optional, timeoutMs, retry, compensate, compensation } = said[index]!
    expect(`POST ${steps[step.name as keyof typeof steps].path}`).toBe(operation)
    expect({ optional: step.optional, timeoutMs: step.timeoutMs, attempts: step.retry.attempts }).toEqual({
      optional,
      timeoutMs,
      attempts: retry.attempts,
    })
    // Where it is asked once, nobody waits for a second try.
    if (retry.attempts > 1) expect(retryOf(step.retry)).toEqual(retry)
    expect(step.compensates).toBe(compensate !== undefined)
    if (compensate === undefined) continue
    expect(step.compensationTimeoutMs).toBe(compensation.timeoutMs)
    expect(retryOf(step.compensationRetry)).toEqual(compensation.retry)
  }
})

test('a mistake is shown where it is, before anything starts', async () => {
  const wrong = join(folder, 'wrong.yaml')
  await writeFile(wrong, text.replace('policy: money', 'policy: mony'))
  expect(() => loadManifest(wrong)).toThrow(ManifestError)
  expect(() => loadManifest(wrong)).toThrow(/wrong\.yaml:\d+:\d+[^]*did you mean money/)
  await expect(Shop.open({ manifestFile: wrong })).rejects.toThrow(ManifestError)
})
