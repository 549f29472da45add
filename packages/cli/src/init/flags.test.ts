import { describe, expect, it } from 'vitest'
import { readCall, readRun, readService, sketchFromFlags } from './flags.js'

describe('the flags of init', () => {
  it('describe services in the order in which they are named', () => {
    const sketch = sketchFromFlags({ service: ['order=7001'], call: ['order:payment'] }, 'shop')
    expect(sketch.system).toBe('shop')
    expect(sketch.services.map(({ name, port, calls }) => ({ name, port, calls }))).toEqual([
      { name: 'order', port: 7001, calls: ['payment'] },
      { name: 'payment', port: undefined, calls: [] },
    ])
  })

  it('tell a database by its name or its port: it gets no policy of HTTP and no probes', () => {
    const { services } = sketchFromFlags(
      { service: ['store=5432'], call: ['order:mysql', 'order:store'] },
      'shop',
    )
    expect(services.map(({ name, kind, live }) => [name, kind, live])).toEqual([
      ['store', 'datastore', undefined],
      ['order', 'service', '/healthz'],
      ['mysql', 'datastore', undefined],
    ])
  })

  it('say how a service is started, whose command may have anything in it but a second line', () => {
    const { services } = sketchFromFlags({ run: ['redis=node --env-file=.env redis.js'] }, 'shop')
    expect(services).toMatchObject([
      { name: 'redis', kind: 'service', run: 'node --env-file=.env redis.js', ready: '/readyz' },
    ])
    for (const text of ['order', 'order=', '=node order.js', 'Order=node order.js', 'order=a\nb'])
      expect(() => readRun(text)).toThrow('cannot read --run: a name and a command of one line are allowed')
  })

  it('are an example when there are none, which says so', () => {
    const { services, notes } = sketchFromFlags({}, 'shop')
    expect(services.map(({ name }) => name)).toEqual(['order', 'payment'])
    expect(notes.join()).toContain('example')
  })

  it.each(['order:payment', 'order->payment', 'order -> payment', 'order > payment', 'order payment'])(
    'take the call %s',
    (text) => {
      expect(readCall(text)).toEqual(['order', 'payment'])
    },
  )

  it.each([
    ['order', 'cannot read --call: two names are allowed, such as order:payment, got "order"'],
    ['order:order', 'cannot read --call: a service does not call itself, got "order:order"'],
    ['Order:pay', 'cannot read --call: two names are allowed, such as order:payment, got "Order:pay"'],
  ])('refuse the call %s', (text, message) => {
    expect(() => readCall(text)).toThrow(message)
  })

  it.each(['order=0', 'order=70000', 'order=x', 'order=1=2', 'Order', ''])(
    'refuse the service %j',
    (text) => {
      expect(() => readService(text)).toThrow('cannot read --service: ')
    },
  )
})
