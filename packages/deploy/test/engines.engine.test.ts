import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { EngineStartError } from '../src/engines/engine-errors.js'
import type { RunningEngine } from '../src/engines/engine-process.js'
import { freePort } from '../src/engines/free-ports.js'
import { requireEngine } from '../src/engines/engine-programs.js'
import { startPostgres } from '../src/engines/postgres.js'
import { startRedis } from '../src/engines/redis.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'))
  await chmod(folder, 0o711)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Started, and ended with its test. */
async function running(start: Promise<RunningEngine>): Promise<RunningEngine> {
  const engine = await start
  onTestFinished(() => engine.kill())
  return engine
}

describe('postgres', () => {
  it('is ready when it says so itself, also after kill -9 on the same data', async () => {
    const place = { folder: join(folder, 'postgres'), port: await freePort(), password: 'secret' }
    const first = await running(startPostgres(place))
    expect(await first.isReady()).toBe(true)
    await first.kill()
    expect(await first.ended).toBe('SIGKILL')
    expect(await first.isReady()).toBe(false)
    const second = await running(startPostgres(place))
    expect(await second.isReady()).toBe(true)
    await second.stop()
    expect(await second.ended).toBe('exit code 0')
  })

  it('says why it cannot start', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    onTestFinished(() => void blocker.close())
    const { port } = blocker.address() as AddressInfo
    await expect(startPostgres({ folder: join(folder, 'postgres'), port })).rejects.toThrow(
      /cannot start postgres: it ended at once \(exit code 1\):.*Address already in use/,
    )
    await expect(
      startPostgres({ folder: join(folder, 'other'), port, settings: { fsync: 'maybe' } }),
    ).rejects.toThrow(EngineStartError)
  })
})

it('redis keeps what it has, and asks for the password', async () => {
  const place = { folder: join(folder, 'redis'), port: await freePort(), password: 'secret' }
  const first = await running(startRedis(place))
  await first.stop()
  expect(await first.ended).toBe('exit code 0')
  expect(await (await running(startRedis(place))).isReady()).toBe(true)
})

it('one that is not installed is told with where it was looked for', () => {
  const nowhere = { WATERTIGHT_ENGINES: folder, PATH: folder }
  expect(() => requireEngine('postgres', nowhere)).toThrow(
    'cannot start postgres: there is no program postgres, neither in bin of the folder for engines (WATERTIGHT_ENGINES, else ~/.cache/watertight/engines) nor on PATH; it comes with PostgreSQL',
  )
})
