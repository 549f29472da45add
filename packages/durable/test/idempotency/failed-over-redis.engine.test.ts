import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIdempotency, idempotentRequestOf } from '../../src/idempotency/index.js'
import type { IdempotencyStore } from '../../src/idempotency/idempotency-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { startRedis, startSentinel, type RedisServer } from '../servers/redis-server.js'

const CALLERS = 8
const BEFORE_AND_AFTER = 200

let primary: RedisServer
let others: RedisServer[]
let keys: IdempotencyStore
beforeAll(async () => {
  primary = await startRedis()
  // One takes the place of the primary, and the other is then the copy that a claim waits for.
  const replicas = [await startRedis(primary.port), await startRedis(primary.port)]
  const sentinel = await startSentinel(primary.port, { replicas: 2 })
  others = [sentinel, ...replicas]
  keys = await openIdempotencyStore(sentinel.url, { replicas: 1 })
})
afterAll(async () => {
  await keys.close()
  for (const server of [primary, ...others]) await server.stop()
})

test('the primary of Redis is killed under load and a replica takes its place: nobody who was answered is charged twice', async () => {
  const charges = new Map<string, number>()
  const idempotency = createIdempotency({
    store: keys,
    caller: () => 'all',
    leaseMs: 1_000,
    onTakeover: 'conflict',
    onError: () => {},
  })
  const service = createServer(
    idempotency.listener((request, response) => {
      const { key } = idempotentRequestOf(request)!
      charges.set(key, (charges.get(key) ?? 0) + 1)
      response.writeHead(201).end(`charge ${charges.get(key)} of ${key}`)
    }),
  ).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/charges`
  const acknowledged: string[] = []
  let notKept = 0
  let unknown = 0
  const over = new AbortController()

  /** Until it is told something final: that it was charged, now or before, or that nobody knows. Kept is what says when it expires. */
  async function call(key: string): Promise<'kept' | 'not kept' | 'replayed' | 'unknown'> {
    for (const until = performance.now() + 60_000; performance.now() < until;) {
      const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key }, body: '{}' })
      const said = await answer.text()
      if (answer.headers.get('idempotent-replayed') === 'true') return 'replayed'
      if (answer.status === 201) return answer.headers.has('idempotency-key-expires') ? 'kept' : 'not kept'
      if (said.includes('OUTCOME_UNKNOWN')) return 'unknown'
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${key} was told nothing final`)
  }
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const key = `key-${caller}-${n}`
      const told = await call(key)
      if (told === 'unknown') unknown += 1
      else if (told === 'not kept') notKept += 1
      else acknowledged.push(key)
    }
  })
  const more = async (): Promise<void> => {
    const before = acknowledged.length
    const since = (): number => acknowledged.length - before
    await expect.poll(since, { timeout: 60_000 }).toBeGreaterThan(BEFORE_AND_AFTER)
  }
  await more()
  await primary.kill()
  await more()
  over.abort()
  await Promise.all(callers)

  // Whoever asks again is told the same, also what was answered before the primary was lost.
  const lost: string[] = []
  for (const key of acknowledged) if ((await call(key)) !== 'replayed') lost.push(key)
  const duplicates = [...charges].filter(([, count]) => count > 1).map(([key]) => key)
  console.log(
    `primary of Redis killed once: ${acknowledged.length} acknowledged, ${lost.length} lost, ` +
      `${duplicates.length} duplicate effects; ${notKept} told that they were charged, and not that this is kept, ` +
      `${unknown} that nobody knows`,
  )
  expect({ lost, duplicates }).toEqual({ lost: [], duplicates: [] })
  service.closeAllConnections()
  service.close()
}, 180_000)
