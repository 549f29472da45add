import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeConfiguration } from '../src/index.js'
import { callUnder, compiled } from './compiled.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-'))
})
afterEach(() => rm(folder, { recursive: true }))

const withAttempts = (attempts: number) => compiled(callUnder({ retry: { attempts } }), { folder })

it('writes once what is the same', async () => {
  expect(await writeConfiguration(folder, withAttempts(2))).toMatchObject({ changed: true, restart: false })
  const version = await readlink(join(folder, 'current'))
  expect(await writeConfiguration(folder, withAttempts(2))).toMatchObject({ changed: false, restart: false })
  expect(await readlink(join(folder, 'current'))).toBe(version)
})

it('changes all files by one link, and goes back the same way', async () => {
  await writeConfiguration(folder, withAttempts(2))
  const first = await readlink(join(folder, 'current'))
  await writeConfiguration(folder, withAttempts(3))
  expect(await readFile(join(folder, 'current/routes/to-payment.json'), 'utf8')).toContain('"num_retries": 2')
  await writeConfiguration(folder, withAttempts(2))
  expect(await readlink(join(folder, 'current'))).toBe(first)
  expect((await readdir(folder)).toSorted()).toEqual(['current', 'envoy.json', 'versions'])
})

it('keeps few versions, and those of the last moment among them', async () => {
  for (let attempts = 2; attempts < 12; attempts++) await writeConfiguration(folder, withAttempts(attempts))
  const versions = await readdir(join(folder, 'versions'))
  expect(versions.length).toBeLessThanOrEqual(4)
  expect(versions.map((name) => join('versions', name))).toContain(await readlink(join(folder, 'current')))
})

it('says when Envoy has to be started anew', async () => {
  await writeConfiguration(folder, withAttempts(2))
  const other = compiled(callUnder({}), { folder, adminPort: 9902 })
  expect(await writeConfiguration(folder, other)).toMatchObject({ changed: true, restart: true })
})
