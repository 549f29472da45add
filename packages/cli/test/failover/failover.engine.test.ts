import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runDrill } from '../run-drill.js'
import { inFolder, watertight } from '../run-process.js'
import { says, startProgram } from '../start-program.js'
import { freePort } from '@watertight/deploy'
import { type PatroniCluster, startPatroni } from './patroni-cluster.js'
import { until } from './postgres-folder.js'

vi.setConfig({ testTimeout: 180_000 })

let cluster: PatroniCluster
beforeAll(async () => {
  cluster = await startPatroni()
})
afterAll(() => cluster.stop())

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const documentOf = (port: number): string => `watertight: v1
system: shop
services:
  order:
    run: node ${program('orders-on-postgres.mjs')}
    port: ${port}
    health: { live: /, ready: / }
    objective: { availability: 99.9%, latency: { p99: 500ms } }
drills:
  primary-crashes:
    every: 30d
    story: The primary of Postgres crashes
    strike: ${cluster.strike}
    watch: ${cluster.ready}
    verify: node ${program('count-lost-orders.mjs')}
    detect: 30s
    recover: 2m
    load: { rate: 20/s, requests: [load.mjs] }
`
const LOAD = `export default (number) => ({ to: 'order', path: '/orders', body: { id: 'o-' + number } })
`

test('the primary of Postgres is killed under load: the standby takes its place, and of the orders that were promised none is lost', async () => {
  const before = await cluster.leader()
  expect(await cluster.standbys()).toMatchObject({ count: 1, sync: 1 })
  await inFolder({ 'watertight.yaml': documentOf(await freePort()), 'load.mjs': LOAD }, async (cwd) => {
    const env = { ...process.env, DATABASE_URL: cluster.url }
    const { text } = startProgram(cwd, ['up'], env)
    await says(text, 'everything is ready')
    const { code, record } = await runDrill(cwd, ['primary-crashes'], env)
    console.log(JSON.stringify(record))
    expect({ code, record }).toMatchObject({
      code: 0,
      record: {
        ok: true,
        detected: { ok: true, by: expect.stringContaining(cluster.ready) as string },
        recovered: { ok: true },
        verified: { lost: 0 },
      },
    })
    const after = await cluster.leader()
    expect(after).not.toBe(before)
    expect(['a', 'b']).toContain(after)
    // The machine that was lost comes back, as a standby that misses nothing.
    cluster.start(before)
    await until('the former primary as a standby that has caught up', async () => {
      const { count, lagBytes } = await cluster.standbys()
      return count === 1 && lagBytes === 0
    })
    expect((await watertight(['stop'], { cwd })).code).toBe(0)
  })
})
