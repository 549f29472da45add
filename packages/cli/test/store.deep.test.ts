import { once } from 'node:events'
import { createServer } from 'node:net'
import { openStore } from '@watertight/durable'
import { expect, test, vi } from 'vitest'
import { inFolder, watertight } from './run-process.js'
import { says, startProgram } from './start-program.js'

vi.setConfig({ testTimeout: 180_000 })

/** Tells what it was given, and whether the store took its connection at the first try. */
const ORDER = `
import { connect } from 'node:net'
import { createServer } from 'node:http'
const { PORT, WATERTIGHT_STORE } = process.env
const { hostname, port } = new URL(WATERTIGHT_STORE)
connect(Number(port), hostname).on('connect', function () { console.log('the store is there'); this.end() })
  .on('error', ({ message }) => console.log('no store: ' + message))
createServer((request, response) => response.end(WATERTIGHT_STORE)).listen(PORT, '127.0.0.1')
`

test('a store is served to any number of processes, and its data is there when it is served again', async () => {
  await inFolder({}, async (cwd) => {
    const first = startProgram(cwd, ['store', 'data'])
    await says(first.text, 'postgres://')
    const url = /postgres:\S+/.exec(first.text())?.[0] ?? ''
    const [one, other] = [openStore(url), openStore(url)]
    await one.query('create table parcel (name text)')
    await other.query(`insert into parcel values ('first')`)
    expect((await one.query('select name from parcel')).rows).toEqual([{ name: 'first' }])
    await Promise.all([one.close(), other.close()])
    first.child.kill('SIGTERM')
    expect(await once(first.child, 'exit')).toEqual([0, null])
    const second = startProgram(cwd, ['store', 'data'], { WATERTIGHT_STORE_PASSWORD: 'known' })
    await says(second.text, 'postgres://postgres@127.0.0.1:')
    expect(second.text()).not.toContain('known')
    const { port } = new URL(/postgres:\S+/.exec(second.text())?.[0] ?? '')
    const again = openStore(`postgres://postgres:known@127.0.0.1:${port}/postgres`)
    expect((await again.query('select name from parcel')).rows).toEqual([{ name: 'first' }])
    await again.close()
  })
})

test('a store that cannot have its port says so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await inFolder({}, async (cwd) => {
    const { code, err } = await watertight(['store', 'data', '--port', String(port)], { cwd })
    expect({ code, err }).toEqual({
      code: 4,
      err: `error cannot serve data: port ${port} on 127.0.0.1 is taken by another program\n`,
    })
  })
  other.close()
})

test('a system whose document has an embedded store gets one: its service starts after it, commands find it, and it outlives a crash', async () => {
  const document = `watertight: v1
system: shop
services: { order: { run: node order.mjs, store: shop, health: { ready: / } } }
stores: { shop: embedded }
`
  await inFolder({ 'watertight.yaml': document, 'order.mjs': ORDER }, async (cwd) => {
    const { child, text } = startProgram(cwd, ['up'])
    await says(text, 'everything is ready')
    expect(text()).toContain('the store is there')
    expect(text()).not.toContain('no store')
    expect(await watertight(['migrate', 'up'], { cwd })).toMatchObject({ code: 0 })
    const { programs } = JSON.parse((await watertight(['status', '--json'], { cwd })).out) as {
      programs: { name: string; pid: number }[]
    }
    process.kill(programs.find(({ name }) => name === 'shop-store')?.pid as number, 'SIGKILL')
    await says(text, 'back after')
    expect(await watertight(['migrate', 'status'], { cwd })).toMatchObject({ code: 0 })
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    // Nothing runs: the same commands open the folder itself.
    expect(await watertight(['migrate', 'status'], { cwd })).toMatchObject({ code: 0 })
  })
})
