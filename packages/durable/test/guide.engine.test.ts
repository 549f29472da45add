import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaServer, startKafka } from './servers/kafka-server.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'
import { startTemporal, type TemporalServer } from './servers/temporal-server.js'

const run = promisify(execFile)
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

/** Runs blocks of the page, one after the other in one program, as whoever follows it would. */
async function follow(blocks: readonly string[]): Promise<string> {
  const program = join(folder, `.guide-${process.pid}.mjs`)
  // Each block imports for itself; one program takes them all at its head.
  const imports = blocks.flatMap((block) => block.match(/^import .*$/gm) ?? [])
  const code = blocks.map((block) => block.replaceAll(/^import .*$/gm, ''))
  await writeFile(program, [...imports, ...code, 'process.exit()'].join('\n'))
  try {
    const env = {
      ...process.env,
      STORE: postgres.url,
      KAFKA: kafka.url,
      TEMPORAL: temporal.address,
      TEMPORAL_PACKAGES: join(engines, 'temporal-sdk'),
    }
    return (await run(process.execPath, [program], { env, timeout: 120_000 })).stdout
  } finally {
    await rm(program)
  }
}

test('whoever follows the page gets to Kafka and to Temporal', { timeout: 300_000 }, async () => {
  const text = await readFile(page, 'utf8')
  const blocks = [...text.matchAll(/^```typescript\n(.*?)^```$/gms)].map(([, code = '']) => code)
  expect(blocks).toHaveLength(3)
  expect(await follow(blocks.slice(0, 2))).toBe('order-1 { total: 12 }\n')
  expect(await follow(blocks.slice(2))).toBe('done\n')
})
