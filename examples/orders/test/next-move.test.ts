import { expect, test } from 'vitest'
import { isFinal, type State, type WorkingState } from '../src/order/order.js'
import { nextMove, type StepResult } from '../src/order/next-move.js'

const results: StepResult[] = ['done', 'refused', 'not-sent', 'unknown']

/** Every state that an order passes when the results come in turn, the last one for ever after. */
function path(...turns: StepResult[]): State[] {
  const states: State[] = []
  let state: State = 'reserving'
  for (let turn = 0; !isFinal(state) && turn < 20; turn += 1) {
    states.push(state)
    state = nextMove(state, turns[Math.min(turn, turns.length - 1)] as StepResult).state
  }
  return [...states, state]
}

test('all goes well', () => {
  expect(path('done')).toEqual(['reserving', 'charging', 'shipping', 'rewarding', 'confirmed'])
})

test('a declined card releases the stock', () => {
  expect(path('done', 'refused', 'done')).toEqual(['reserving', 'charging', 'releasing', 'cancelled'])
  expect(nextMove('charging', 'refused').reason).toBe('card-declined')
})

test('a charge without an answer is refunded; one that never left needs no refund', () => {
  expect(path('done', 'unknown', 'done')).toEqual([
    'reserving',
    'charging',
    'refunding',
    'releasing',
    'cancelled',
  ])
  expect(path('done', 'not-sent', 'done')).toEqual(['reserving', 'charging', 'releasing', 'cancelled'])
})

test('what was done is undone in reverse', () => {
  const undone = path('done', 'done', 'unknown', 'done')
  expect(undone).toEqual([
    'reserving',
    'charging',
    'shipping',
    'cancelling',
    'refunding',
    'releasing',
    'cancelled',
  ])
})

test('nothing is undone that was never done', () => {
  expect(path('refused')).toEqual(['reserving', 'cancelled'])
  expect(path('not-sent')).toEqual(['reserving', 'cancelled'])
  expect(path('unknown', 'done')).toEqual(['reserving', 'releasing', 'cancelled'])
})

test.each<WorkingState>(['cancelling', 'refunding', 'releasing'])('%s is tried until it worked', (state) => {
  for (const result of results) expect(nextMove(state, result).state === state).toBe(result !== 'done')
})

test('loyalty never fails an order', () => {
  for (const result of results) expect(nextMove('rewarding', result)).toEqual({ state: 'confirmed' })
})

test('every order that turns back says why', () => {
  for (const state of ['reserving', 'charging', 'shipping'] as const) {
    for (const result of results) expect(nextMove(state, result).reason === undefined).toBe(result === 'done')
  }
})
