import { readFile, writeFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { ask, documentOf, eventOf, startShop, systemOf } from './shop.js'

vi.setConfig({ testTimeout: 120_000 })

const TWO = `  order: { run: node service.mjs, health: { live: / }, calls: { payment: { timeout: { total: 1s } } } }
  payment: { run: node service.mjs }
`

test('a process that runs but answers nothing any more is replaced', async () => {
  const { run, events } = await startShop(TWO)
  await run.ready
  const hung = ask(run, 'order', '/hang').catch(() => 'cut')
  expect(await eventOf(events, 'hung')).toMatchObject({
    program: 'order',
    how: 'GET / is not answered within 2 s',
  })
  expect(await hung).toBe('cut')
  await vi.waitFor(async () => expect(await ask(run, 'order')).toMatch(/^\d+$/), { timeout: 60_000 })
})

test('more replicas are in the document of the run, and fewer end only after they have left it', async () => {
  const { run, file } = await startShop(TWO)
  await run.ready
  const shared = run.folder.documentFor(undefined)
  await run.scale('payment', 3)
  expect(run.status().filter(({ service }) => service === 'payment')).toHaveLength(3)
  expect(systemOf(await readFile(shared, 'utf8')).services.get('payment')?.endpoints).toHaveLength(3)
  const pids = new Set(run.status().map(({ pid }) => pid))
  await run.restart('payment')
  expect(
    run
      .status()
      .filter(({ pid }) => pids.has(pid))
      .map(({ name }) => name),
  ).toEqual(['order'])
  await run.scale('payment', 1)
  expect(run.status().map(({ name }) => name)).toEqual(['order', 'payment'])
  await expect(run.scale('paymnt', 2)).rejects.toThrow(
    'cannot scale paymnt: there is no such service in this run; did you mean payment?',
  )
  await expect(run.scale('payment', 0)).rejects.toThrow('must be an integer from 1 to 100, got 0')
  // A service that joins the document is started, and one that leaves it is stopped.
  const changed = documentOf('  order: { run: node service.mjs }\n  loyalty: { run: node service.mjs }\n')
  await writeFile(file, changed)
  await run.change(systemOf(changed), changed)
  expect(run.status().map(({ name, state }) => [name, state])).toEqual([
    ['loyalty', 'ready'],
    ['order', 'ready'],
  ])
})

test('a command of several parts drains as one does: its shell ends at once, and the program behind it finishes', async () => {
  const slow = `node -e "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0) }, 300)); setInterval(() => {}, 1000)"`
  const { run } = await startShop(`  mailer: { run: ${JSON.stringify(`cd . && ${slow}; true`)} }\n`)
  await run.ready
  // It must have come to its handler.
  await vi.waitFor(() => expect(run.status()[0]?.upForMs ?? 0).toBeGreaterThan(2_000), { timeout: 60_000 })
  await run.stop()
  expect(run.lines('mailer', 10)).toEqual(['drained'])
})

test('a program that never becomes ready is told with what its probe gets', async () => {
  const { events } = await startShop('  order: { run: "exec sleep 60", health: { ready: /readyz } }\n')
  const { program, how } = await eventOf(events, 'slow')
  expect(program).toBe('order')
  expect(how).toMatch(/^nothing answers GET \/readyz on port \d+$/)
})
