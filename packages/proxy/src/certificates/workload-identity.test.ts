import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identityOf, trustDomainOf, workloadIdentity } from './workload-identity.js'

describe('the identity of a workload', () => {
  it('names the system and the service', () => {
    expect(workloadIdentity('orders', 'payment')).toBe('spiffe://orders/payment')
  })

  it.each([
    ['Orders', 'payment', 'the trust domain must be lower-case letters'],
    ['orders/x', 'payment', 'the trust domain must be lower-case letters'],
    ['orders', 'pay/ment', 'a service must be letters'],
    ['orders', '..', 'a service must be letters'],
    ['orders', '', 'a service must be letters'],
  ])('is refused for %j and %j', (trustDomain, service, told) => {
    expect(() => workloadIdentity(trustDomain, service)).toThrow(told)
  })

  it('can be made of any name of a system', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (system) => {
        expect(workloadIdentity(trustDomainOf(system), 'a')).toMatch(/^spiffe:\/\/[a-z0-9._-]+\/a$/)
      }),
    )
  })
})

describe('reading an identity out of alternative names', () => {
  it.each([
    ['URI:spiffe://shop/order, DNS:order', 'spiffe://shop/order'],
    ['DNS:order, URI:spiffe://shop/order', 'spiffe://shop/order'],
    ['DNS:order', undefined],
    [undefined, undefined],
    ['URI:https://shop/order', undefined],
    ['URI:spiffe://shop/order, URI:spiffe://shop/payment', undefined],
  ])('%j gives %j', (names, identity) => {
    expect(identityOf(names)).toBe(identity)
  })

  it('takes no identity out of the middle of another name', () => {
    // Node quotes a name with a comma in it, so that it cannot pose as two names.
    expect(identityOf('DNS:"a, URI:spiffe://shop/order"')).toBeUndefined()
  })
})
