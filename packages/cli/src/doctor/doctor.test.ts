import { createServer } from 'node:net'
import { join } from 'node:path'
import { readManifest } from '@watertight/manifest'
import { describe, expect, it } from 'vitest'
import { inFolder } from '../../test/run-process.js'
import { GOOD_MANIFEST } from '../../test/manifests.js'
import { watertightHere } from '../../test/watertight-here.js'
import { findEngines } from './engines.js'
import { examineNode } from './examine.js'
import { findPorts } from './ports.js'
import { readVersion, versionOf } from './version-of.js'

const PROMTOOL = '#!/bin/sh\necho "promtool, version 2.42.0 (branch: main)" >&2\n'

describe('engines', () => {
  it('are found in the folder for engines, with the version that they say', async () => {
    await inFolder(
      { 'bin/promtool!': PROMTOOL, 'bin/prometheus!': '#!/bin/sh\nexit 1\n' },
      async (folder) => {
        const engines = await findEngines({ WATERTIGHT_ENGINES: folder, PATH: process.env['PATH'] })
        const known = new Map(engines.map(({ name, path, version }) => [name, { path, version }]))
        expect(known.get('promtool')).toEqual({ path: join(folder, 'bin/promtool'), version: '2.42.0' })
        expect(known.get('prometheus')).toEqual({ path: join(folder, 'bin/prometheus'), version: null })
      },
    )
  })

  it('that nobody may execute are not there', async () => {
    await inFolder({ 'bin/promtool': PROMTOOL }, async (folder) => {
      const [promtool] = await findEngines({ WATERTIGHT_ENGINES: folder, PATH: '' })
      expect(promtool).toMatchObject({ name: 'promtool', path: null })
    })
  })

  it('that say nothing in time have no version', async () => {
    await inFolder({ 'slow!': '#!/bin/sh\nexec sleep 60\n' }, async (folder) => {
      expect(await versionOf(join(folder, 'slow'), '--version', 50)).toBeNull()
    })
  })

  it.each([
    ['envoy  version: abc/1.40.0-dev/Clean', '1.40.0-dev'],
    ['openjdk version "17.0.15" 2025', '17.0.15'],
    ['v3.18.4+g123', '3.18.4+g123'],
    ['Redis server v=7.0.15 sha=0', '7.0.15'],
    ['no number here', null],
  ])('say their version as in %j', (text, version) => {
    expect(readVersion(text)).toBe(version)
  })
})

describe('ports', () => {
  it('are in use when something listens there', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { system } = readManifest(
      `watertight: v1\nsystem: a\nservices: { order: { port: ${port} } }\n`,
      'watertight.yaml',
    )
    if (system === undefined) throw new Error('the manifest is not readable')
    expect(await findPorts(system.model)).toEqual([{ port, owner: 'order', inUse: true }])
    await new Promise((resolve) => server.close(resolve))
    expect(await findPorts(system.model)).toEqual([{ port, owner: 'order', inUse: false }])
  })
})

describe('doctor', () => {
  it('ends with 4 when a required engine is missing, and with 0 when it is there', async () => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST, 'engines/bin/promtool!': PROMTOOL }, async (cwd) => {
      const env = { PATH: '', WATERTIGHT_ENGINES: join(cwd, 'engines') }
      const present = await watertightHere(['doctor', '--require', 'promtool'], { cwd, env })
      expect(present.code).toBe(0)
      expect(present.out).toMatch(/ok {2}manifest +watertight\.yaml: 0 errors/)
      const missing = await watertightHere(['doctor', '--require', 'promtool', '--require', 'prometheus'], {
        cwd,
        env,
      })
      expect(missing.code).toBe(4)
      expect(missing.out).toContain('missing: prometheus\n')
    })
  })

  it('looks at the project: the packages that it installed, its manifest, its types and its ports', async () => {
    const installed = { name: '@watertight/http', version: '0.0.9' }
    const files = {
      'watertight.yaml': GOOD_MANIFEST,
      'watertight.d.ts': 'declare const stale: 1\n',
      'node_modules/@watertight/http/package.json': JSON.stringify(installed),
    }
    await inFolder(files, async (cwd) => {
      const stale = await watertightHere(['doctor'], { cwd, env: { PATH: '' } })
      expect(stale.out).toMatch(/no {2}packages +@watertight\/http 0\.0\.9: must all be \d/)
      expect(stale.out).toMatch(/no {2}types +watertight\.d\.ts is out of date: run watertight types\n/)
      expect(stale.out).not.toContain('promtool')
      await watertightHere(['types'], { cwd })
      const fresh = await watertightHere(['doctor', '--json'], { cwd, env: { PATH: '' } })
      expect(JSON.parse(fresh.out)).toMatchObject({
        packages: [installed],
        types: { file: 'watertight.d.ts', ok: true },
        engines: null,
      })
      // A folder without any: this machine may have engines in its own.
      const env = { PATH: '', WATERTIGHT_ENGINES: join(cwd, 'engines') }
      const engines = await watertightHere(['doctor', '--engines'], { cwd, env })
      expect(engines.out).toMatch(/promtool +not found; checks metrics and alert rules/)
    })
  })

  it('is no judge of the manifest: without one it tells the way to one', async () => {
    await inFolder({}, async (cwd) => {
      const { code, out } = await watertightHere(['doctor'], { cwd, env: { PATH: '' } })
      expect(code).toBe(0)
      expect(out).toContain('watertight init writes one')
    })
  })

  it.each([
    ['20.18.9', false],
    ['20.19.0', true],
    ['22.1.0', true],
    ['18.99.0', false],
  ])('holds Node %s to be new enough: %s', (version, ok) => {
    expect(examineNode(version).ok).toBe(ok)
  })
})
