import { expect, it } from 'vitest'
import { BAD_MANIFEST } from './manifests.js'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

/** It can be read whole, and a call would go without the policy that it was to have. */
const MISSPELT = `watertight: v1
system: shop
services:
  order: { run: node order.mjs, calls: { payment: { policy: standrd } } }
  payment: { run: node payment.mjs }
policies:
  standard: { timeout: { total: 1s }, breaker: {} }
gateway: { listen: { port: 8080 }, routes: [{ match: { path: / }, to: order }] }
`

it.each([
  ['up', '--free-ports'],
  ['proxy', '--gateway', '--workers', '1'],
  ['compile', '--target', 'envoy', '--gateway', '--out', 'envoy'],
])('%s enforces no document that names a policy which is not there', async (...command) => {
  await inFolder({ 'watertight.yaml': MISSPELT }, async (cwd) => {
    const { code, err } = await watertightHere(command, { cwd })
    expect(err).toContain('there is no policy standrd')
    expect(err).toContain('did you mean standard?')
    expect(err).toMatch(
      /error cannot use watertight\.yaml: it has errors\n +watertight check shows all of them\n$/,
    )
    expect(code).toBe(1)
  })
})

it('up says all that is wrong with a document that cannot be read', async () => {
  await inFolder({ 'watertight.yaml': BAD_MANIFEST }, async (cwd) => {
    const { code, err } = await watertightHere(['up'], { cwd })
    expect([code, err]).toEqual([1, expect.stringContaining('did you mean port?')])
  })
})
