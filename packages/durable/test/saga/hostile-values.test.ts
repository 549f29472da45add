import { constant } from '@watertight/policy'
import { expect, test } from 'vitest'
import { saga, StepRefusal, type SagaDefinition } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)

/** A zero, which no text of the database holds, and half a character. */
const odd = 'a\0b\ud800'

const thrown: Readonly<Record<string, unknown>> = {
  nothing: null,
  'an object without a text': Object.create(null),
  'an error whose message is a number': Object.assign(new Error('x'), { message: 12n }),
  'an error whose message no database holds': new Error(odd),
  'an error of megabytes': new Error('x'.repeat(5_000_000)),
  'a refusal whose message no database holds': new StepRefusal('declined', odd),
}

test('whatever a step throws, it is asked as often as it may be and its saga turns back: none is stuck, and no process ends', async () => {
  const undone: string[] = []
  const definitions = Object.values(thrown).map((value, number) =>
    saga(`throws-${number}`)
      .step('reserve', { run: () => null, compensate: ({ sagaId }) => void undone.push(sagaId) })
      .step('charge', {
        run: () => {
          throw value
        },
        refusals: ['declined'],
        compensate: () => {},
        retry: { attempts: 2, backoff: constant({ ms: 1 }) },
      })
      .build(),
  )
  const engine = await bench.open({ sagas: definitions })
  const started = await Promise.all(
    definitions.map((definition) => engine.start(definition, { id: bench.nextId(), input: null })),
  )
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome()))
  expect(outcomes).toMatchObject(
    definitions.map(() => ({ status: 'compensated', turnedBack: { step: 'charge' } })),
  )
  expect(undone.toSorted()).toEqual(started.map(({ id }) => id).toSorted())
  // What is kept of an error goes with every later write of its saga.
  const { rows } = await bench.store.query('select from watertight.saga where length(state::text) > 20000')
  expect(rows).toEqual([])
})

test('input, results and signals of a saga hold whatever a string can hold, and arrive as they were', async () => {
  const seen: unknown[] = []
  const echo: SagaDefinition<string> = saga<string>('echo')
    .step('reserve', { run: ({ input }) => ({ [odd]: input }), compensate: () => {} })
    .signal('approved')
    .step('ship', { run: ({ results }) => void seen.push(results) })
    .build()
  const engine = await bench.open({ sagas: [echo] })
  const { id, outcome } = await engine.start(echo, { id: bench.nextId(), input: odd })
  await engine.signal(id, 'approved', odd)
  expect(await outcome()).toMatchObject({ status: 'done' })
  expect(seen).toEqual([{ reserve: { [odd]: odd }, approved: odd }])
})

test('a payload that JSON cannot hold, or is too large, is refused where it is given, and of a reason of megabytes the beginning is kept', async () => {
  const waiting = saga('waits')
    .step('reserve', { run: () => null, compensate: () => {} })
    .signal('approved')
    .build()
  const engine = await bench.open({ sagas: [waiting] })
  const { id, outcome } = await engine.start(waiting, { id: bench.nextId(), input: null })
  await expect(engine.signal(id, 'approved', 12n)).rejects.toMatchObject({
    code: 'WT_SAGA_INPUT',
    message: expect.stringMatching(
      /^cannot signal approved to saga saga-\d+: its payload is not valid/,
    ) as unknown,
  })
  await expect(engine.signal(id, 'approved', 'x'.repeat(1_048_575))).rejects.toMatchObject({
    code: 'WT_SAGA_INPUT',
    message: `cannot signal approved to saga ${id}: its payload must be at most 1048576 bytes of JSON, got 1048577`,
  })
  await engine.cancel(id, 'x'.repeat(3_000_000))
  expect(await outcome()).toMatchObject({ status: 'compensated', turnedBack: { message: 'x'.repeat(2_000) } })
})
