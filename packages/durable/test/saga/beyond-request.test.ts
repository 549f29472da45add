import { currentScope, withScope, type RequestScope } from '@watertight/http/scope'
import { expect, test } from 'vitest'
import { saga, StepRefusal } from '../../src/saga/index.js'
import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(
  async () => new PGliteStore({ queryDeadlineMs: 120_000, transactionDeadlineMs: 120_000 }),
)

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
