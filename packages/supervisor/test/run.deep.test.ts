import { readFile, writeFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { ask, documentOf, eventOf, startShop, systemOf } from './shop.js'

vi.setConfig({ testTimeout: 120_000 })

const TWO = `  order: { run: node service.mjs, health: { live: / }, calls: { payment: { timeout: { total: 1s } } } }
  payment: { run: node service.mjs }
`

const BROKEN = 'node -e "console.error(1); process.exit(1)"'
const pair = (run: string) =>
  `  order: { run: ${JSON.stringify(run)}, health: { ready: / }, scale: { min: 2 } }\n`

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
  const slow = `node -e "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0) }, 300)); setInterval(() => {}, 1000); console.log('handles')"`
  const { run } = await startShop(`  mailer: { run: ${JSON.stringify(`cd . && ${slow}; true`)} }\n`)
  await run.ready
  await vi.waitFor(() => expect(run.lines('mailer', 10)).toEqual(['handles']), { timeout: 60_000 })
  await run.stop()
  expect(run.lines('mailer', 10)).toEqual(['handles', 'drained'])
})

test('a program that never becomes ready is told with what its probe gets', async () => {
  const { events } = await startShop('  order: { run: "exec sleep 60", health: { ready: /readyz } }\n')
  const { program, how } = await eventOf(events, 'slow')
  expect(program).toBe('order')
  expect(how).toMatch(/^nothing answers GET \/readyz on port \d+$/)
})

test('a change that breaks a service of two replicas is stopped at the first one, and the mended document is taken over', async () => {
  const { run } = await startShop(pair('node service.mjs'))
  await run.ready
  const before = run.status().map(({ name, pid }) => [name, pid])
  const broken = documentOf(pair(BROKEN))
  await expect(run.change(systemOf(broken), broken)).rejects.toThrow(
    'cannot go on: order does not become ready, so the other replicas are left as they were',
  )
  expect(run.status()[1]).toMatchObject({ name: 'order-2', pid: before[1]?.[1], state: 'ready' })
  const mended = documentOf(pair('node ./service.mjs'))
  await run.change(systemOf(mended), mended)
  expect(run.status().map(({ name, state }) => [name, state])).toEqual([
    ['order', 'ready'],
    ['order-2', 'ready'],
  ])
  const after = run.status().map(({ pid }) => pid)
  expect(before.some(([, pid]) => after.includes(pid as number))).toBe(false)
})
