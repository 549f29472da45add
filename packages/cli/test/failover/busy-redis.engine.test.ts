import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { runDrill } from '../run-drill.js'
import { inFolder, watertight } from '../run-process.js'
import { says, startProgram } from '../start-program.js'
import { type PostgresPair, startPair } from './postgres-pair.js'
import { end } from './postgres-folder.js'

vi.setConfig({ testTimeout: 150_000 })

let pair: PostgresPair
let redis: ReturnType<typeof spawn>
let port: number
beforeAll(async () => {
  pair = await startPair()
  port = await freePort()
  redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
    cwd: tmpdir(),
  })
})
afterAll(async () => {
  await pair.stop()
  await end(redis, 'SIGTERM')
})

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const documentOf = (at: number): string => `watertight: v1
system: shop
services:
  payment:
    run: node ${program('charges-with-cache.mjs')}
    port: ${at}
    health: { live: /, ready: / }
drills:
  redis-busy:
    every: 30d
    story: Redis uses more than nine tenths of its processor
    target: payment
    strike: node ${program('burn-redis.mjs')}
    for: 8s
    watch: /cache
    verify: node ${program('count-double-charges.mjs')}
    detect: 30s
    recover: 1m
    failed: 1%
    load: { rate: 40/s, requests: [load.mjs] }
`
/** Each key comes four times, at once and later; between them somebody asks for a price. */
const LOAD = `export default (number) => number % 5 === 4
  ? { to: 'payment', path: '/prices/pen-12' }
  : { to: 'payment', method: 'POST', path: '/charges', body: {}, headers: { 'idempotency-key': 'k-' + Math.floor(number / 40) + '-' + (number % 10) } }
`

test('while Redis has too much to do it is left alone: keys and prices come from Postgres and its replica, nothing fails, nothing is charged twice, and it is used again', async () => {
  const at = await freePort()
  await inFolder({ 'watertight.yaml': documentOf(at), 'load.mjs': LOAD }, async (cwd) => {
    const env = {
      PRIMARY_URL: pair.primary,
      REPLICA_URL: pair.replica,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    }
    const { text } = startProgram(cwd, ['up'], env)
    await says(text, 'everything is ready')
    const { code, record } = await runDrill(cwd, ['redis-busy'], env)
    console.log(JSON.stringify(record))
    expect({ code, record }).toMatchObject({
      code: 0,
      record: {
        ok: true,
        detected: { ok: true, by: 'GET payment/cache, which answers 503' },
        recovered: { ok: true },
        requests: { ok: true },
        verified: { lost: 0 },
      },
    })
    const said = text()
      .split('\n')
      .filter((line) => line.includes('the cache is'))
    expect(said.at(0)).toContain('the cache is left alone')
    expect(said.at(-1)).toContain('the cache is in use')
    // The replica has answered all that the cache did not.
    const from = (await (await fetch(`http://127.0.0.1:${at}/from`)).json()) as Record<string, number>
    expect(from).toEqual({ replica: expect.any(Number) as number, primary: 0 })
    expect(from['replica']).toBeGreaterThan(0)
    expect((await watertight(['stop'], { cwd })).code).toBe(0)
  })
})
