import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MANIFEST_FILE } from '../src/manifest/manifest.js'
import { freePorts } from '../src/supervisor/free-ports.js'
import { StartError, SupervisedService } from '../src/supervisor/supervised-service.js'
import { until } from './until.js'

let folder: string
const said: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervised-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function loyalty(data: string): Promise<SupervisedService> {
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const program = fileURLToPath(new URL('../dist/services/main.js', import.meta.url))
  const environment = {
    SERVICE_PORT: String(port),
    SERVICE_DATA: data,
    SERVICE_URLS: JSON.stringify({ loyalty: url }),
    SERVICE_MANIFEST: MANIFEST_FILE,
    FAULT_TOKEN: 'token',
  }
  const probes = { live: '/healthz', ready: '/readyz' }
  const command = [process.execPath, program, 'loyalty'] as const
  return new SupervisedService(
    { name: 'loyalty', command, environment, url, probes, isTalkative: true },
    (line) => said.push(line),
  )
}

test('a service that cannot write its data says so in one sentence, without a stack trace', async () => {
  const service = await loyalty('/proc/loyalty')
  const error: unknown = await service.start(60_000).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StartError)
  expect(error).toMatchObject({
    message: 'cannot start loyalty: cannot write to /proc/loyalty: nothing can be created there',
    exitCode: 5,
  })
  expect(said).toEqual([])
}, 90_000)

test('a service that is killed is started again, and it is said when it is back', async () => {
  const service = await loyalty(join(folder, 'loyalty'))
  await service.start(60_000)
  const first = service.pid
  process.kill(first as number, 'SIGKILL')
  await until('it is back', () => said.some((line) => /^loyalty is back after \d+\.\d s$/.test(line)))
  expect(said[0]).toBe('loyalty died (SIGKILL) and started again')
  expect(service.pid).not.toBe(first)
  expect(service.restarts).toBe(1)
  await service.stop()
}, 90_000)
