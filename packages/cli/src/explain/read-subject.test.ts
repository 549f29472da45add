import { describe, expect, it } from 'vitest'
import { readSubject } from './read-subject.js'

describe('the subject of explain', () => {
  it.each([
    [['order', 'payment']],
    [['order', '→', 'payment']],
    [['order', '-', 'payment']],
    [['order -> payment']],
    [['order->payment']],
    [['order > payment']],
    [['order payment']],
    [['order:payment']],
    [['order/payment']],
  ])('is a call for %j', (words) => {
    expect(readSubject(words)).toEqual({ kind: 'call', from: 'order', to: 'payment' })
  })

  it.each([[['gateway', '/orders']], [['gateway -> /orders']], [['gateway:/orders']]])(
    'is a route of the gateway for %j',
    (words) => expect(readSubject(words)).toEqual({ kind: 'route', path: '/orders' }),
  )

  it('is a saga or an event for its word, unless an arrow says that services are called so', () => {
    expect(readSubject(['saga', 'place-order'])).toEqual({ kind: 'saga', name: 'place-order' })
    expect(readSubject(['event', 'order-created'])).toEqual({ kind: 'event', name: 'order-created' })
    expect(readSubject(['event -> order'])).toEqual({ kind: 'call', from: 'event', to: 'order' })
  })

  it('may have dashes in its names', () => {
    const call = { kind: 'call', from: 'order-api', to: 'legacy-tax' }
    expect(readSubject(['order-api', 'legacy-tax'])).toEqual(call)
    expect(readSubject(['order-api->legacy-tax'])).toEqual(call)
  })

  it('is a finding for its code, in any case', () => {
    expect(readSubject(['wt-retry-unsafe'])).toEqual({ kind: 'finding', code: 'WT-RETRY-UNSAFE' })
  })

  it('is a service for a name alone', () => {
    expect(readSubject(['order-api'])).toEqual({ kind: 'service', name: 'order-api' })
  })

  it.each([[['order', '-']], [['order-']], [['a', 'b', 'c']], [['']]])('is nothing for %j', (words) => {
    expect(() => readSubject(words)).toThrow('it must be a caller and a callee')
  })

  it('is guessed where the shell has taken the arrow', () => {
    const hint = /the shell took the > .* write watertight explain order CALLEE/
    for (const words of [['order', '-'], ['order-']]) {
      expect(() => readSubject(words)).toThrow(
        expect.objectContaining({ hint: expect.stringMatching(hint) as string }),
      )
    }
  })
})
