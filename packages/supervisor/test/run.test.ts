import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { isAlive } from '../src/processes/is-alive.js'
import { ControlClient, ControlServer, Run } from '../src/index.js'
import { ask, documentOf, eventOf, shopFolder, startShop, systemOf } from './shop.js'

vi.setConfig({ testTimeout: 120_000 })

const TWO = `  order: { run: node service.mjs, health: { live: / }, calls: { payment: { timeout: { total: 1s } } } }
  payment: { run: node service.mjs }
`

test('a process that is killed is started again on its port, and told', async () => {
  const { run, events } = await startShop(TWO)
  await run.ready
  const before = Number(await ask(run, 'payment'))
  process.kill(before, 'SIGKILL')
  expect(await eventOf(events, 'died')).toMatchObject({ program: 'payment', how: 'SIGKILL', delayMs: 0 })
  await vi.waitFor(async () => expect(Number(await ask(run, 'payment'))).not.toBe(before), {
    timeout: 60_000,
  })
  await vi.waitFor(() => {
    expect(run.status().find(({ name }) => name === 'payment')).toMatchObject({ state: 'ready', restarts: 1 })
  }, 60_000)
})

test('a process that keeps dying is told with the last that it wrote, and tried on', async () => {
  const { events } = await startShop(`  order: { run: "echo the disk is full >&2; exit 3", port: 31999 }\n`)
  expect(await eventOf(events, 'crash-loop')).toMatchObject({
    program: 'order',
    how: 'exit code 3',
    lines: ['the disk is full'],
  })
  // Nobody is told that it was ready meanwhile.
  expect(events.filter(({ kind }) => kind === 'ready' || kind === 'back')).toEqual([])
})

test('a program that is not there is told by the shell that looked for it', async () => {
  const { events } = await startShop('  order: { run: nodee order.js }\n')
  const { how, lines } = await eventOf(events, 'crash-loop')
  expect(how).toBe('exit code 127')
  expect(lines.join('\n')).toMatch(/nodee.*not found/)
})

test('everything is stopped in order, callers first, and what a process has left running goes with it', async () => {
  const { run, events } = await startShop(
    `${TWO}  mailer: { run: "sleep 600 & echo $!; exec node service.mjs" }
  daemon: { run: "setsid sleep 600 & echo $!; exec node service.mjs" }\n`,
  )
  await run.ready
  // The second is in a group and a session of its own.
  const left = ['mailer', ...(process.platform === 'linux' ? ['daemon'] : [])].map((name) =>
    Number(run.lines(name, 10).find((line) => /^\d+$/.test(line))),
  )
  expect(left.map(isAlive)).toEqual(left.map(() => true))
  await run.stop()
  const stopped = events.flatMap((event) => (event.kind === 'stopped' ? [[event.program, event.how]] : []))
  expect(stopped).toEqual([
    // It may not have come to its handler of SIGTERM.
    ['daemon', expect.stringMatching(/^(exit code 0|SIGTERM)$/)],
    ['mailer', expect.stringMatching(/^(exit code 0|SIGTERM)$/)],
    ['order', 'exit code 0'],
    ['payment', 'exit code 0'],
  ])
  await vi.waitFor(() => expect(left.map(isAlive)).toEqual(left.map(() => false)), { timeout: 20_000 })
  expect(run.status().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped', 'stopped'])
})

test('a service whose process works hard gets more replicas, up to what the document allows', async () => {
  const { run, events } = await startShop(
    '  order: { run: node service.mjs, health: { ready: / }, scale: { min: 1, max: 2, cpu: 5% } }\n',
  )
  await run.ready
  const burning = ask(run, 'order', '/burn')
  const { service, replicas, use } = await eventOf(events, 'scaled')
  expect({ service, replicas }).toEqual({ service: 'order', replicas: 2 })
  expect(use).toBeGreaterThan(0.05)
  await burning
  await vi.waitFor(() => {
    expect(run.status().map(({ name, state }) => `${name} ${state}`)).toEqual([
      'order ready',
      'order-2 ready',
    ])
  }, 60_000)
})

test('a changed command of a service starts it anew', async () => {
  const { run } = await startShop(TWO)
  await run.ready
  const before = run.status().map(({ name, pid }) => [name, pid])
  const changed = documentOf(
    TWO.replace('payment: { run: node service.mjs', 'payment: { run: node ./service.mjs'),
  )
  await run.change(systemOf(changed), changed)
  const after = run.status().map(({ name, pid }) => [name, pid])
  expect(after[0]).toEqual(before[0])
  expect(after[1]).not.toEqual(before[1])
})

test('a supervisor that is killed leaves no process behind', async () => {
  // Linux alone tells of what has left its group.
  const daemon = process.platform === 'linux' ? 'setsid sleep 600 & echo $! > daemon; ' : ''
  const services = `${TWO}  mailer: { run: "${daemon}exec node service.mjs" }\n`
  const { folder, file } = await shopFolder(services)
  const index = new URL('../dist/index.js', import.meta.url).href
  const manifest = fileURLToPath(import.meta.resolve('@watertight/manifest'))
  const program = `
    const { Run } = await import(${JSON.stringify(index)})
    const { readManifest } = await import(${JSON.stringify(manifest)})
    const text = ${JSON.stringify(documentOf(services))}
    const run = await Run.start({ file: ${JSON.stringify(file)}, text, system: readManifest(text, 'w').system.model,
      watertight: ['false'], onEvent: () => {} })
    await run.ready
    console.log(JSON.stringify(run.status().map(({ pid }) => pid)))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  const pids = JSON.parse(bytes.toString()) as number[]
  if (daemon !== '') pids.push(Number(await readFile(join(folder, 'daemon'), 'utf8')))
  expect(pids.map(isAlive)).toEqual(pids.map(() => true))
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 60_000, interval: 50 })
})

test('other commands reach a run by what lies in its folder, and only with its token', async () => {
  const { run, events } = await startShop(TWO)
  await run.ready
  const control = new ControlServer()
  let stops = 0
  await control.open(run, () => (stops += 1))
  const client = await ControlClient.find(run.folder.path)
  expect((await client?.status())?.programs.map(({ name }) => name)).toEqual(['order', 'payment'])
  await expect(client?.restart('paymnt')).rejects.toThrow(
    'cannot restart paymnt: there is no such program in this run; did you mean payment?',
  )
  const lines = []
  for await (const line of client?.logs({ program: 'order', lines: 10, follow: false }) ?? [])
    lines.push(line)
  expect(lines).toEqual([{ program: 'order', line: 'order listens' }])
  const { port } = (await run.folder.place()) ?? { port: 0 }
  expect((await fetch(`http://127.0.0.1:${port}/status`)).status).toBe(401)
  const second = { file: '', text: '', system: systemOf(documentOf(TWO)), folder: run.folder.path }
  await expect(
    Run.start({
      ...second,
      watertight: ['false'],
      onEvent: () => {},
    }),
  ).rejects.toThrow(`cannot start: the system already runs (process ${process.pid}`)
  await client?.stop()
  expect(stops).toBe(1)
  control.close()
  expect(events.some(({ kind }) => kind === 'died')).toBe(false)
})

test('a change that wants a port of another program changes nothing, and the run can still be asked and stopped', async () => {
  const { run } = await startShop(TWO)
  await run.ready
  const before = run.status().map(({ name, pid }) => [name, pid])
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const changed = documentOf(`${TWO}  loyalty: { run: node service.mjs, port: ${port} }\n`)
  try {
    await expect(run.change(systemOf(changed), changed)).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`)
  } finally {
    taken.close()
  }
  expect(run.status().map(({ name, pid }) => [name, pid])).toEqual(before)
  await run.stop()
})
