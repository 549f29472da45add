import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { watertightProgram } from '../src/system/watertight-program.js'
import { editableManifest, Shop } from './shop.js'

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
  // Fewer checkouts, and more of them may fail: however busy the machine is that runs this, none is lost.
  const quick = text
    .replace('    for: 30s\n', `    for: 10s\n    notify: ${url}\n`)
    .replace('rate: 10/s', 'rate: 5/s')
  await writeFile(file, quick.replace('failed: 1%', 'failed: 10%'))
  shop = await Shop.open({ manifestFile: file })
})
afterAll(async () => {
  await shop.close()
  await rm(manifestFolder, { recursive: true })
  hook.close()
})

async function drill(name: string): Promise<{ readonly code: number | null; readonly out: string }> {
  const words = ['drill', name, '-f', manifest, '--folder', shop.dataFolder, '--json']
  const child = spawn(process.execPath, [watertightProgram(), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out }
}

test('the payment API times out: it is noticed within a minute, told, healed without a hand, and all that had waited is done', async () => {
  const { code, out } = await drill('payment-slow')
  const record = JSON.parse(out) as {
    readonly requests: { readonly requests: number; readonly outcomes: Readonly<Record<string, number>> }
    readonly backlog: { readonly sagas: number }
  }
  console.log(JSON.stringify(record))
  expect({ code, record }).toMatchObject({
    code: 0,
    record: {
      ok: true,
      target: 'payment',
      detected: { ok: true, by: expect.stringContaining('order') as string },
      recovered: { ok: true },
      backlog: { drained: { ok: true } },
      objectives: [{ service: 'order', availability: 0.995, p99Ms: 1_000 }],
      lost: 0,
      notified: { detected: true, recovered: true },
    },
  })
  expect(told).toEqual(['detected', 'recovered'])
  expect(record.requests.requests).toBeGreaterThan(50)
  // Accepted while payment was away, and placed since.
  expect(record.requests.outcomes['202']).toBeGreaterThan(0)
  expect(record.backlog.sagas).toBeGreaterThan(0)
  const runbook = await readFile(join(shop.dataFolder, 'drills', 'payment-slow.md'), 'utf8')
  expect(runbook).toContain('- **Trigger**: payment answers 5 s late.')
  expect((await settleBooks(shop.system, [], 30_000)).findings).toEqual([])
}, 180_000)
