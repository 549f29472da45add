import { expect, test } from 'vitest'
import { defineChoreography } from './choreography.js'
import { standingOf, withOccurrence, type Occurrence } from './standing.js'

const placeOrder = defineChoreography('place-order', {
  compensations: 'order-compensations',
  steps: {
    reserve: {},
    charge: { after: 'reserve' },
    points: { after: 'reserve' },
    ship: { after: 'charge' },
  },
})

const occurrence = (type: string, second: number): Occurrence => ({
  type,
  at: `2026-01-01T00:00:0${second}.000Z`,
  ...(type === 'turned-back' && { step: 'charge', code: 'card-declined' }),
})

test('it has a topic for what happens, and one for what is to be undone', () => {
  const { events, compensations } = placeOrder
  expect([events.name, Object.keys(events.types)]).toEqual([
    'place-order',
    ['started', 'reserve.done', 'charge.done', 'points.done', 'ship.done'],
  ])
  expect([compensations.name, Object.keys(compensations.types)]).toEqual([
    'order-compensations',
    ['turned-back', 'reserve.undone', 'charge.undone', 'points.undone', 'ship.undone'],
  ])
})

test.each([
  ['no step', {}, 'steps must be at least one step'],
  [
    'a step after one that there is not',
    { a: { after: 'c' }, b: {} },
    "steps.a.after must be one of b, and none that comes after it, got 'c'",
  ],
  [
    'a step after itself',
    { a: { after: 'b' }, b: { after: 'a' } },
    'steps.b.after must be one of a, and none that comes after it',
  ],
  [
    'a name that is none',
    { 'a.b': {} },
    "steps must be names of a letter, then a-z, 0-9 and dashes, got 'a.b'",
  ],
  [
    'a step that cannot be undone before one that may say no',
    { ship: { compensates: false }, charge: { after: 'ship' } },
    'steps.ship.compensates must be true, since a step beside it or after it may still say no',
  ],
  [
    'a step that cannot be undone beside one that may say no',
    { a: {}, ship: { after: 'a', compensates: false }, points: { after: 'a' } },
    'steps.ship.compensates must be true',
  ],
])('%s is refused', (_, steps, message) => {
  expect(() => defineChoreography('c', { steps })).toThrow(message)
})

test('it is done when every step is, and waits for those whose turn it is', () => {
  const standings = ['started', 'reserve.done', 'points.done', 'charge.done', 'ship.done'].map(
    (_, index, types) =>
      standingOf(
        placeOrder,
        types.slice(0, index + 1).map((type) => occurrence(type, index)),
      ),
  )
  expect(standings).toEqual([
    { status: 'running', waitsFor: ['reserve'] },
    { status: 'running', waitsFor: ['charge', 'points'] },
    { status: 'running', waitsFor: ['charge'] },
    { status: 'running', waitsFor: ['ship'] },
    { status: 'done', waitsFor: [] },
  ])
})

test('however its events are heard, it stands where they lead and its timeline is in their order', () => {
  const happened = [
    occurrence('started', 0),
    occurrence('reserve.done', 1),
    occurrence('turned-back', 2),
    ...['reserve', 'charge', 'points', 'ship'].map((step, index) => occurrence(`${step}.undone`, 3 + index)),
  ]
  for (const heard of [happened, happened.toReversed(), [...happened.slice(3), ...happened]]) {
    const timeline = heard.reduce<readonly Occurrence[]>(withOccurrence, [])
    expect(timeline).toEqual(happened)
    expect(standingOf(placeOrder, timeline)).toEqual({ status: 'compensated', waitsFor: [] })
  }
  expect(standingOf(placeOrder, happened.slice(0, 4))).toEqual({
    status: 'compensating',
    waitsFor: ['charge', 'points', 'ship'],
  })
})
