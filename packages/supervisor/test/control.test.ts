import { expect, test, vi } from 'vitest'
import { ControlClient, ControlServer } from '../src/index.js'
import { startShop } from './shop.js'

async function controlled(services: string) {
  const shop = await startShop(services)
  const control = new ControlServer()
  await control.open(shop.run, () => {})
  for (const event of shop.events) control.tell(event)
  const client = await ControlClient.find(shop.run.folder.path)
  if (client === undefined) throw new Error('the run is not found')
  return { ...shop, control, client }
}

test('whoever comes later is told what happened, and then only what is new', async () => {
  const { run, control, client } = await controlled('  order: { run: node service.mjs }\n')
  await run.ready
  const all = await client.events()
  expect(all.map(({ event }) => event.kind)).toContain('planned')
  expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1))
  const last = all.at(-1)?.id ?? 0
  expect(await client.events(last)).toEqual([])
  control.tell({ kind: 'log', program: 'order', line: 'said a lot' })
  control.tell({ kind: 'document', text: 'watertight.yaml has changed' })
  expect((await client.events(last)).map(({ event }) => event.kind)).toEqual(['document'])
  for (let index = 0; index < 300; index++) control.tell({ kind: 'document', text: String(index) })
  expect(await client.events()).toHaveLength(200)
  control.close()
})

test('a program that is made to crash from outside is started again', async () => {
  const { run, control, client } = await controlled('  order: { run: node service.mjs }\n')
  await run.ready
  const before = (await client.status()).programs[0]?.pid
  await client.signal('order', 'SIGKILL')
  await vi.waitFor(
    async () => {
      const [order] = (await client.status()).programs
      expect(order).toMatchObject({ state: 'ready', restarts: 1 })
      expect(order?.pid).not.toBe(before)
    },
    { timeout: 20_000, interval: 50 },
  )
  await expect(client.signal('ordr', 'SIGKILL')).rejects.toThrow(
    'cannot signal ordr: there is no such program',
  )
  await expect(client.signal('order', 'SIGTERM' as never)).rejects.toThrow('must be one of SIGKILL, SIGSTOP')
  control.close()
})
