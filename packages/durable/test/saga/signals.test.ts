import { expect, test } from 'vitest'
import { z } from 'zod'
import { saga } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const cents = z.object({ cents: z.string().transform(Number) })

test('whoever sends a signal without knowing the saga sends what he likes: it takes in what it waits for, and tells of the rest', async () => {
  const settle = saga('settle').signal('settled', { payload: cents }).signal('closed').build()
  const stranger = await bench.open({ sagas: [], works: false })
  const engine = await bench.open({ sagas: [settle] })
  const { id, outcome } = await engine.start(settle, { id: 'settle', input: null })
  const told = async () => (await engine.find(id))?.timeline.map(({ detail }) => detail) ?? []
  await stranger.signal(id, 'settled', { cents: 5 })
  await expect
    .poll(told, { timeout: 20_000 })
    .toContainEqual(expect.stringContaining('its payload is not valid: cents: '))
  await stranger.signal(id, 'close', 'x'.repeat(1_000))
  await expect
    .poll(told, { timeout: 20_000 })
    .toContain('saga settle has no signal close; did you mean closed?')
  expect((await engine.find(id))?.state.signals).toEqual({})
  await stranger.signal(id, 'settled', { cents: '7' })
  await engine.signal(id, 'closed')
  expect(await outcome()).toEqual({ status: 'done', results: { settled: { cents: 7 }, closed: null } })
})

test('signals that came while nobody worked are checked by whoever takes the saga up', async () => {
  const settle = saga('later').signal('settled', { payload: cents }).build()
  const client = await bench.open({ sagas: [], works: false })
  const starter = await bench.open({ sagas: [settle], works: false })
  const { outcome } = await starter.start(settle, { id: 'later', input: null })
  await client.signal('later', 'settled', 'lots')
  await client.signal('later', 'settled', { cents: '8' })
  await bench.open({ sagas: [settle] })
  expect(await outcome()).toEqual({ status: 'done', results: { settled: { cents: 8 } } })
})
