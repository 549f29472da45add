import { describe, expect, it } from 'vitest'
import type { ServiceDocument } from '../document/service-document.js'
import { checkManifest } from '../findings/check-manifest.js'
import { readManifest } from '../reading/read-manifest.js'
import { defineSystem, InvalidSystemError } from './define-system.js'

describe('defineSystem', () => {
  it('builds the model and the report of the document', () => {
    const { model, report } = defineSystem({
      watertight: 'v1',
      system: 'orders',
      policies: { standard: { timeout: { attempt: '1s', total: '3s' } }, patient: { extends: 'standard' } },
      services: { order: { calls: { payment: { policy: 'patient' } } }, payment: {} },
    })
    const text = `watertight: v1
system: orders
policies: { standard: { timeout: { attempt: 1s, total: 3s } }, patient: { extends: standard } }
services: { order: { calls: { payment: { policy: patient } } }, payment: {} }
`
    expect(model).toEqual(readManifest(text, 'x').system?.model)
    const codes = (findings: readonly { code: string; path: string }[]) =>
      findings.map(({ code, path }) => `${code} ${path}`).sort()
    expect(codes(report.findings)).toEqual(codes(checkManifest(text).findings))
  })

  it('refuses what the compiler cannot see', () => {
    const define = () =>
      defineSystem({ watertight: 'v1', system: 'orders', services: { order: { port: 70_000 } } })
    expect(define).toThrow(InvalidSystemError)
    expect(define).toThrow(
      'cannot define system: cannot read services.order.port: it must be a whole number from 1 to 65535, got 70000',
    )
  })

  it('does not compile with a misspelt name or a duration without a unit', () => {
    const misspelt = () =>
      defineSystem({
        watertight: 'v1',
        system: 'orders',
        policies: { standard: {} },
        services: {
          // @ts-expect-error paymnt is no service of this system.
          order: { calls: { paymnt: { policy: 'standard' } } },
          payment: {},
        },
      })
    const policyless = () =>
      defineSystem({
        watertight: 'v1',
        system: 'orders',
        policies: { standard: {} },
        // @ts-expect-error standrd is no policy of this system.
        services: { order: { calls: { payment: { policy: 'standrd' } } }, payment: {} },
      })
    const unitless = () => {
      // @ts-expect-error a duration needs a unit.
      const order: ServiceDocument = { drain: '30' }
      return defineSystem({ watertight: 'v1', system: 'orders', services: { order } })
    }
    const misrouted = () =>
      defineSystem({
        watertight: 'v1',
        system: 'orders',
        policies: { standard: {} },
        services: { order: { versions: { stable: { port: 1 } } } },
        gateway: {
          routes: [
            // @ts-expect-error ordr is no service of this system.
            { match: { path: { exact: '/a' } }, to: 'ordr', policy: 'standard' },
            // @ts-expect-error a share needs its sign.
            { match: { path: '/b' }, to: 'order', mirror: { to: 'order', share: '5' } },
            {
              match: { path: '/c', headers: { 'x-user': { present: true } } },
              redirect: { scheme: 'https' },
            },
          ],
        },
      })
    expect(misrouted).toThrow('must be a percentage')
    expect(misspelt().report.ok).toBe(false)
    expect(policyless().report.ok).toBe(false)
    expect(unitless).toThrow('must be a duration with a unit')
  })
})
