import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { loadManifest, MANIFEST_FILE } from '../src/manifest/manifest.js'
import { type ProcessName, programName } from '../src/services/names.js'
import { killAll, start } from './run.js'
import { editableManifest, Shop } from './shop.js'
import { until } from './until.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readme = fileURLToPath(new URL('../README.md', import.meta.url))

let shop: Shop
let folder: string

beforeAll(async () => {
  const copy = await editableManifest()
  folder = copy.folder
  shop = await Shop.open({ dataFolder: join(folder, '.watertight'), manifestFile: copy.file })
})
afterAll(async () => {
  killAll()
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a line of the README as it stands there, with the addresses, the token and the pids of this shop. */
async function run(line: string): Promise<string> {
  const { system } = shop
  const here = line
    .replace('https://localhost:8443', system.gatewayUrl)
    .replace('examples/orders', folder)
    .replace(
      /^curl -s (PAYMENT|LOYALTY|ORDER)/,
      (_all, name: string) => `curl -s ${system.url(nameOf(name))}`,
    )
    .replace('TOKEN', system.faultToken)
    .replace(/([A-Z_]+)_PID/, (_all, name: string) => String(system.pid(nameOf(name))))
  return (await promisify(execFile)('sh', ['-c', here], { cwd: root })).stdout
}

const nameOf = (name: string) => name.toLowerCase().replace('_', '-') as ProcessName

const COLLECTOR = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318'] as const

/**
 * `npm start` as npm runs it, but for the build, on a port and in a folder of this test, with few customers beside another
 * shop, and telling a collector that is not there.
 */
async function npmStart(line: string): Promise<string> {
  const words = line.split(' -- ')[1]?.split(' ') ?? []
  const [name, value] = COLLECTOR
  process.env[name] = value
  const command = start('--port', '0', '--data', join(folder, 'started'), '--rate', '1', ...words)
  delete process.env[name]
  expect(await command.code).toBe(0)
  return command.output()
}

const back = (name: ProcessName, times: number = 1) =>
  until(
    `${name} is back`,
    () => shop.said.filter((line) => line.startsWith(`${programName(name)} | back`)).length === times,
  )

/** What each line of the README does, in the order in which they stand there. */
const lines: readonly (readonly [line: RegExp, does: (line: string) => Promise<void>])[] = [
  // Without it this test would not run.
  [
    /^npm install$/,
    async () => expect(await readFile(`${root}/package-lock.json`, 'utf8')).toContain('vitest'),
  ],
  // The next but one runs it, and ends by itself; that Ctrl-C ends this one is in the test of the command.
  [/^npm start$/, async () => {}],
  [/^npm start -- --help$/, async (line) => expect(await npmStart(line)).toContain('Exit codes:')],
  [
    /^npm start -- --seconds 30$/,
    async (line) =>
      expect(await npmStart(line.replace('30', '3'))).toMatch(/Stopped after \d+ s\.[^]*books +balance/),
  ],
  [/^npx watertight status/, async (line) => expect(await run(line)).toMatch(/order-canary +ready/)],
  [/^npx watertight logs/, async (line) => expect(await run(line)).toBe('')],
  [/^npx watertight saga list/, async (line) => expect(await run(line)).toContain('no saga')],
  [/^npx watertight restart/, async (line) => expect(await run(line)).toMatch(/loyalty +ready/)],
  [
    /^curl -s --cacert \S+ \S+\/orders -d/,
    async (line) => expect(JSON.parse(await run(line))).toMatchObject({ total: 49.98 }),
  ],
  [
    /^curl -s PAYMENT\/faults/,
    async (line) => {
      expect(JSON.parse(await run(line))).toMatchObject({ latencyMs: 3_000, forSeconds: 20 })
      await shop.system.clearFaults()
    },
  ],
  [
    /^curl -s LOYALTY\/faults/,
    async (line) => {
      await run(line)
      const { body } = await until('an order is placed', async () => {
        const reply = await shop.order()
        return reply.status === 201 && reply
      })
      expect(body['loyalty']).toBe('Loyalty points currently unavailable, but your order is processed!')
      await shop.system.clearFaults()
    },
  ],
  [
    /^kill -9 INVENTORY_PID$/,
    async (line) => {
      await run(line)
      await back('inventory')
    },
  ],
  [
    /^kill -9 ORDER_PID$/,
    async (line) => {
      await run(line)
      await back('order')
    },
  ],
  [
    /^kill -9 TAX_PID$/,
    async (line) => {
      if (!shop.system.hasTax) return
      await run(line)
      await back('tax')
    },
  ],
  [
    /^kill -9 INVENTORY_SIDECAR_PID$/,
    async (line) => {
      await run(line)
      await back('inventory-sidecar')
    },
  ],
  [
    /^kill -STOP PAYMENT_PID$/,
    async (line) => {
      await run(line)
      await back('payment')
      expect(shop.system.hangs).toBe(1)
    },
  ],
  [/^npx watertight check/, async (line) => expect(await run(line)).toContain('no errors')],
  [/^npx watertight explain/, async (line) => expect(await run(line)).toContain('payment')],
  [
    /^curl -s ORDER\/metrics/,
    async (line) => expect(await run(line)).toMatch(/destination="payment".*state="closed"\} 1/),
  ],
  // The shop of `npm start -- --seconds 30` has it.
  [
    /^OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:4318 npm start$/,
    async (line) => expect(line).toBe(`${COLLECTOR.join('=')} npm start`),
  ],
]

test('every command of the README does what it says', async () => {
  const text = await readFile(readme, 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
  const linesOf = (wanted: string) =>
    blocks.flatMap(([, language, code = '']) => (language === wanted ? code.trim().split('\n') : []))
  // What needs real servers is done in the tests that have them; the profiles that are named are there.
  expect(linesOf('text').map((line) => line.split(/ {2,}/)[0])).toEqual([
    'npm run engines',
    'npm start -- --profile engines',
    'npm start -- --profile engines,own-sagas',
    'npm start -- --profile temporal',
  ])
  for (const name of ['engines', 'temporal', 'engines,own-sagas'])
    expect(() => loadManifest(MANIFEST_FILE, name)).not.toThrow()
  expect(new Set(blocks.map(([, language]) => language))).toEqual(new Set(['sh', 'text']))
  const commands = linesOf('sh')
  expect(commands).toHaveLength(lines.length)
  for (const [index, command] of commands.entries()) {
    const [pattern, does] = lines[index] as (typeof lines)[number]
    expect(command).toMatch(pattern)
    await does(command)
  }
  const { findings } = await settleBooks(shop.system, [], 30_000)
  expect(findings).toEqual([])
}, 600_000)
