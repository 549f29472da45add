import { expect, test } from 'vitest'
import { saga } from '../../../src/saga/index.js'
import { engineContract } from '../engine-contract.js'
import { gate } from '../gate.js'
import { endedOutsideContract } from './ended-outside-contract.js'
import { Services } from '../services.js'
import {
  cancelWorkflow,
  hasPart,
  type HistoryEvent,
  recordedHistories,
  stoppedActivities,
} from './recorded-histories.js'
import { replayHistories } from './replay-histories.js'
import { TemporalBench } from './temporal-bench.js'

const asksStep = (event: HistoryEvent): boolean =>
  hasPart(event.activityTaskScheduledEventAttributes?.activityType)

const bench = new TemporalBench()
engineContract('Temporal', () => bench)
endedOutsideContract(bench)

test('a saga is started in no transaction, for Temporal takes part in none: it says so, and what to do instead', async () => {
  const placeOrder = saga('in-transaction')
    .step('one', { run: () => 1 })
    .build()
  const engine = await bench.open({ sagas: [placeOrder] })
  const id = bench.nextId()
  const transaction = { query: () => Promise.reject(new Error('nothing is asked of it')) }
  await expect(engine.startIn(transaction, placeOrder, { id, input: null })).rejects.toThrow(
    'cannot start saga in-transaction in a transaction: its engine must be on the same database, got Temporal; ' +
      'publish an event in the transaction, and start the saga where that is consumed',
  )
  expect(await engine.find(id)).toBeUndefined()
})

test('who cancels the workflow in Temporal turns its saga back; what undoes it is not cancelled', async () => {
  const services = new Services()
  const began = gate()
  const cancelled = gate()
  const placeOrder = saga('cancelled-there')
    .step('reserve', {
      run: ({ key }) => services.do(key),
      compensate: ({ stepKey }) => services.undo(stepKey),
    })
    .step('charge', {
      run: async ({ key, signal }) => {
        began.open()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return services.do(key)
      },
      compensate: async ({ stepKey }) => {
        await cancelled.opened
        services.undo(stepKey)
      },
    })
    .build()
  const engine = await bench.open({ sagas: [placeOrder] })
  const { id, outcome } = await engine.start(placeOrder, { id: bench.nextId(), input: null })
  await began.opened
  await cancelWorkflow(bench.server.address, id)
  await expect.poll(async () => (await engine.find(id))?.state.steps['charge']?.status).toBe('compensating')
  await cancelWorkflow(bench.server.address, id)
  cancelled.open()
  expect(await outcome()).toMatchObject({
    status: 'compensated',
    turnedBack: { why: 'cancelled', message: 'cancelled in Temporal' },
  })
  expect(services.asked).toEqual([`${id}.reserve`, `${id}.charge`, `${id}.charge.undo`, `${id}.reserve.undo`])
})

// Last, so that what all tests above have recorded is there.
test('whatever the workers have recorded, another one decides the same again, and would be caught if it did not', async () => {
  const histories = await recordedHistories(bench.server.address)
  expect(histories.length).toBeGreaterThan(5)
  // Steps that were under way were told to stop, compensations never.
  const stopped = histories.flatMap(stoppedActivities)
  expect(stopped).toContain('charge.1')
  expect(stopped.filter((activity) => activity.startsWith('undo.'))).toEqual([])
  expect(await replayHistories(histories)).toEqual({ replayed: histories.length, refused: [] })

  const asked = histories.find(({ history }) => (history.events ?? []).some(asksStep))!
  for (const event of asked.history.events ?? [])
    if (asksStep(event)) event.activityTaskScheduledEventAttributes!.activityType!.name = 'another'
  const { refused } = await replayHistories([asked])
  expect(refused.join()).toMatch(/nondeterminism/i)
}, 120_000)
