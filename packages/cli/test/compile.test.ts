import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

const MANIFEST = `watertight: v1
system: shop
enforce: sidecar
services:
  order:
    calls:
      payment: { breaker: {} }
      stock: {}
  payment: { port: 7001 }
  stock: { port: 7002 }
`

const compile = ['compile', '--target', 'envoy', '--out', 'envoy']

describe('compile', () => {
  it('writes what Envoy starts with, and names with its line what Envoy does not do', async () => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const first = await watertightHere([...compile, '--sidecar', 'order'], { cwd })
      expect(first.code).toBe(0)
      expect(first.out).toContain(join('envoy', 'envoy.json'))
      expect(first.out).toContain('stock is called at http://127.0.0.1:15002')
      expect(first.err).toMatch(/1 setting not carried out by Envoy\n {2}watertight\.yaml:7 breaker: /)
      const again = await watertightHere([...compile, '--sidecar', 'order'], { cwd })
      expect(again.out).toContain('is as it was')
    })
  })

  it('writes nothing with --strict when something would not happen', async () => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const { code } = await watertightHere([...compile, '--sidecar', 'order', '--strict'], { cwd })
      expect([code, existsSync(join(cwd, 'envoy'))]).toEqual([1, false])
    })
  })

  it.each([
    [[], 2, 'it must be told --gateway or --sidecar SERVICE, got neither'],
    [['--gateway'], 1, 'gateway.listen.port must say where it listens, got none'],
    [['--sidecar', 'ordre'], 1, 'there is no service ordre; did you mean order'],
    [['--sidecar', 'order', '--outbound', 'paymnt=1'], 2, '--outbound must name a service that is called'],
    [['--sidecar', 'order', '--admin', '0'], 2, '--admin must be a port from 1 to 65535, got 0'],
  ])('refuses %j', async (words, exitCode, message) => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const { code, err } = await watertightHere([...compile, ...words], { cwd })
      expect([code, err]).toEqual([exitCode, expect.stringContaining(message)])
    })
  })
})

it('proxy --engine envoy says in one sentence that there is no Envoy', async () => {
  const manifest = `${MANIFEST}gateway: { listen: { port: 8080 }, routes: [] }\n`
  await inFolder({ 'watertight.yaml': manifest }, async (cwd) => {
    const env = { PATH: '', WATERTIGHT_ENGINES: join(cwd, 'engines') }
    const { code, err } = await watertightHere(['proxy', '--gateway', '--engine', 'envoy'], { cwd, env })
    expect([code, err]).toEqual([4, expect.stringContaining('cannot run envoy: there is no program envoy')])
  })
})
