import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type KafkaServer, startKafka } from './servers/kafka-server.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'
import { startTemporal, type TemporalServer } from './servers/temporal-server.js'

const folder = fileURLToPath(new URL('..', import.meta.url))
const page = join(folder, 'docs/from-embedded-to-postgres-kafka-and-temporal.md')
const named = process.env['WATERTIGHT_ENGINES'] ?? ''
const engines = named === '' ? join(homedir(), '.cache/watertight/engines') : named

let postgres: PostgresServer
let kafka: KafkaServer
let temporal: TemporalServer
beforeAll(async () => {
  postgres = await startPostgres()
  kafka = await startKafka()
  temporal = await startTemporal()
})
afterAll(async () => {
  await temporal.stop()
  await kafka.stop()
  await postgres.stop()
})

/** A block of the page, run by whoever follows it. */
class Program {
  readonly ended: Promise<number | null>
  output = ''
  readonly #child: ChildProcess

  constructor(file: string, env: NodeJS.ProcessEnv) {
    this.#child = fork(file, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (data) => (this.output += String(data)))
    this.ended = once(this.#child, 'exit').then(([code]) => code as number | null)
  }

  stop(): void {
    this.#child.kill('SIGTERM')
  }
}

async function follow(code: string): Promise<Program> {
  const file = join(folder, `.guide-${randomUUID()}.mjs`)
  await writeFile(file, code)
  const program = new Program(file, {
    ORDERS: postgres.url,
    SHIPPING: postgres.url.replace(/\/postgres$/, '/shipping'),
    KAFKA: kafka.url,
    TEMPORAL: temporal.address,
    TEMPORAL_PACKAGES: join(engines, 'temporal-sdk'),
  })
  onTestFinished(async () => {
    program.stop()
    await program.ended
    await rm(file)
  })
  return program
}

test('whoever follows the page gets to Kafka and to Temporal', { timeout: 300_000 }, async () => {
  const text = await readFile(page, 'utf8')
  const blocks = [...text.matchAll(/^```typescript\n(.*?)^```$/gms)].map(([, code = '']) => code)
  expect(blocks).toHaveLength(3)
  const [publishes = '', consumes = '', places = ''] = blocks
  await postgres.createDatabase('shipping')
  const publisher = await follow(publishes)
  const consumer = await follow(consumes)
  await expect.poll(() => consumer.output, { timeout: 120_000 }).toBe('order-1 { total: 12 }\n')
  for (const program of [publisher, consumer]) {
    program.stop()
    expect(await program.ended).toBe(0)
  }
  expect(publisher.output).toBe('')
  const placed = await follow(places)
  expect(await placed.ended).toBe(0)
  expect(placed.output).toBe('done\n')
})
