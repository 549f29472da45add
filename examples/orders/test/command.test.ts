import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, start } from './run.js'

let dataFolder: string

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'command-'))
})
afterAll(async () => {
  killAll()
  await rm(dataFolder, { recursive: true, force: true })
})

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

test('a data folder that cannot be used is one sentence with a way out, and the exit code is 5', async () => {
  const file = join(dataFolder, 'file')
  await writeFile(file, '')
  for (const [folder, trouble] of [
    [file, 'it is a file'],
    ['/proc/shop', 'nothing can be created there'],
  ] as const) {
    const run = start('--port', '0', '--data', folder)
    expect(await run.code).toBe(5)
    expect(run.errors()).toBe(
      `cannot use data folder ${folder}: ${trouble}\nmake room or choose another folder with --data\n`,
    )
  }
}, 30_000)
