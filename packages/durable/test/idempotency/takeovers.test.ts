import { createServer } from 'node:http'
import { virtualClock } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { idempotentRequestOf } from '../../src/idempotency/idempotent-request.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { key, started } from './charging.js'
import { listen } from './servers.js'

test('a handler knows its key, whether an earlier run may have got somewhere, and a number that grows with each', async () => {
  const runs: { readonly key: string; readonly isTakeover: boolean; readonly epoch: number }[] = []
  const clock = virtualClock()
  const options = { store: new MemoryIdempotencyStore({ clock }), clock, onTakeover: 'rerun' } as const
  const send = await started(
    async (idempotency) => {
      const handle = idempotency.listener((request, response) => {
        const { key: given, isTakeover, epoch } = idempotentRequestOf(request)!
        runs.push({ key: given, isTakeover, epoch })
        // The first never ends: once it is believed to have hung, nobody knows how far it has come.
        if (isTakeover) response.end('charged')
        else request.socket.destroy()
      })
      return await listen(createServer(handle))
    },
    async () => await Promise.reject(new Error('nobody asks for this')),
    options,
  )
  await expect(send(key('k'))).rejects.toThrow('fetch failed')
  await clock.advance(660_000)
  expect(await (await send(key('k'))).text()).toBe('charged')
  expect(runs.map(({ key: given, isTakeover }) => [given, isTakeover])).toEqual([
    ['k', false],
    ['k', true],
  ])
  expect(runs[1]!.epoch).toBeGreaterThan(runs[0]!.epoch)
})
