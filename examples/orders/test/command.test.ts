import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './until.js'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const started: ChildProcess[] = []
let dataFolder: string

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'command-'))
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(dataFolder, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly errors: () => string
  readonly code: Promise<number | null>
}

function start(...words: string[]): Run {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = once(child, 'close').then(([value]) => value as number | null)
  return { child, output: () => output, errors: () => errors, code }
}

const open = (run: Run) => until('the shop is open', () => run.output().includes('Try, in another'), 40_000)

test('a wrong option is named, with the right one, and the exit code is 2', async () => {
  const run = start('--secnods', '3')
  expect(await run.code).toBe(2)
  expect(run.errors()).toBe('cannot read option "--secnods": did you mean --seconds?\n')
})

test('help is printed', async () => {
  const run = start('--help')
  expect(await run.code).toBe(0)
  expect(run.output()).toContain('npm start -- --seconds 30')
})

test('a taken port is a clear message, and the exit code is 4', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const run = start('--port', String(port), '--data', join(dataFolder, 'unused'))
  expect(await run.code).toBe(4)
  expect(run.errors()).toContain(`cannot start gateway: port ${port} on 127.0.0.1 is taken`)
  server.close()
})

test('Ctrl-C drains and sums up; a run that is killed takes its services along; the next run continues', async () => {
  const interrupted = start('--port', '0', '--data', dataFolder)
  await open(interrupted)
  const second = start('--port', '0', '--data', dataFolder)
  expect(await second.code).toBe(3)
  expect(second.errors()).toContain('another run is using it')
  interrupted.child.kill('SIGINT')
  expect(await interrupted.code).toBe(0)
  expect(interrupted.output()).toMatch(/Stopped after \d+ s\./)
  expect(interrupted.output()).toMatch(/books +balance/)

  const killed = start('--port', '0', '--data', dataFolder)
  await open(killed)
  const pids = [...killed.output().matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
  expect(pids).toHaveLength(6)
  killed.child.kill('SIGKILL')
  await until('its services are gone', () => !pids.some(isAlive))

  const last = start('--port', '0', '--data', dataFolder, '--seconds', '2', '--json')
  expect(await last.code).toBe(0)
  expect(JSON.parse(last.output())).toMatchObject({
    balanced: true,
    findings: [],
    unavailable: 0,
    restarts: 0,
  })
}, 120_000)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
