import { currentScope, withScope, type RequestScope } from '@watertight/http/scope'
import { constant } from '@watertight/policy'
import { expect, test } from 'vitest'
import { saga, StepRefusal, type StepContext } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'
import { gate } from './gate.js'

const bench = new EngineBench(emptyStore)

/** A request whose caller has stopped waiting. */
const over: RequestScope = {
  requestId: 'r-1',
  deadline: 0,
  priority: 5,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: undefined,
  baggage: undefined,
}

test('a saga goes on for its request, not with the patience of whoever asked', async () => {
  const scopes: (RequestScope | undefined)[] = []
  const look = (): null => {
    scopes.push(currentScope())
    return null
  }
  const refuse = (): never => {
    look()
    throw new StepRefusal('declined')
  }
  const placeOrder = saga('place-order')
    .step('reserve', { run: look, compensate: look })
    .step('charge', { run: refuse, refusals: ['declined'] })
    .build()
  const engine = await bench.open({ sagas: [placeOrder] })
  const started = withScope(over, () => engine.start(placeOrder, { id: bench.nextId(), input: null }))
  expect(await (await started).outcome()).toMatchObject({ status: 'compensated' })
  expect(scopes).toEqual(Array.from({ length: 3 }, () => ({ ...over, deadline: Infinity })))
})

test('a step that is asked again gives way to what somebody waits for, here and in the services that it calls', async () => {
  const priorities: (number | undefined)[] = []
  let tries = 0
  const charge = (): null => {
    priorities.push(currentScope()?.priority)
    tries += 1
    if (tries < 3) throw new Error('cannot charge: payment is away')
    return null
  }
  const retry = { attempts: 5, backoff: constant({ ms: 1 }) }
  const placeOrder = saga('place-order').step('charge', { run: charge, compensate: charge, retry }).build()
  const engine = await bench.open({ sagas: [placeOrder] })
  const started = withScope(over, () => engine.start(placeOrder, { id: bench.nextId(), input: null }))
  expect(await (await started).outcome()).toMatchObject({ status: 'done' })
  expect(priorities).toEqual([5, -1, -1])
})

test('a new saga goes before those of a backlog that are asked again, although these have waited for longer', async () => {
  const order: string[] = []
  const held = gate()
  const isHeld = gate()
  const backlog = 5
  let failed = 0
  const charge = async ({ input, attempt }: StepContext<string>): Promise<null> => {
    if (attempt === 1 && input !== 'new') failed += 1
    // Until each of the backlog is asked again.
    if (input !== 'new' && (attempt === 1 || failed < backlog)) throw new Error('cannot charge: it is away')
    order.push(input)
    isHeld.open()
    await held.opened
    return null
  }
  const retry = { attempts: 100, backoff: constant({ ms: 1 }) }
  const placeOrder = saga<string>('place-order')
    .step('charge', { run: charge, compensate: () => {}, retry, dependency: 'payment' })
    .build()
  const engine = await bench.open({ sagas: [placeOrder], dependencies: { payment: 1 } })
  const start = (input: string) => engine.start(placeOrder, { id: bench.nextId(), input })
  const waiting = await Promise.all(Array.from({ length: backlog }, () => start('asked again')))
  await isHeld.opened
  const newcomer = await start('new')
  held.open()
  await Promise.all([...waiting, newcomer].map((one) => one.outcome()))
  expect(order.slice(0, 2)).toEqual(['asked again', 'new'])
  expect(order).toHaveLength(backlog + 1)
})
