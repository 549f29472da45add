import { describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.js'
import { settleBooks } from '../src/audit/settle.js'
import type { Books } from '../src/audit/books.js'
import type { Order, State } from '../src/order/order.js'

const items = [{ sku: 'book-42', quantity: 2 }]

function order(state: State): Order {
  return { id: 'o-1', customer: 'c-1', items, card: 'tok_ok', totalCents: 4_998, takenBy: 'stable', state }
}

/** Books in which one order was confirmed, changed by what a test says. */
function books(change: Partial<Books> = {}): Books {
  return {
    orders: [order('confirmed')],
    reservations: [{ key: 'o-1', asked: { orderId: 'o-1', items }, answer: 'reserved', undone: false }],
    charges: [
      { key: 'o-1', asked: { orderId: 'o-1', amountCents: 4_998 }, answer: 'charged', undone: false },
    ],
    shipments: [{ key: 'o-1', asked: { orderId: 'o-1', items }, answer: 'planned', undone: false }],
    stock: [{ sku: 'book-42', initial: 10, onHand: 8 }],
    acknowledged: ['o-1'],
    accepted: [],
    ...change,
  }
}

const [reservation] = books().reservations as [Books['reservations'][number]]
const [charge] = books().charges as [Books['charges'][number]]
const [shipment] = books().shipments as [Books['shipments'][number]]
const untouched = { stock: [{ sku: 'book-42', initial: 10, onHand: 10 }], acknowledged: [] }
const allUndone = {
  reservations: [{ ...reservation, undone: true }],
  charges: [{ ...charge, undone: true }],
  shipments: [{ ...shipment, undone: true }],
}

describe('books that balance', () => {
  test('an order that is paid, reserved and to be shipped', () => {
    expect(audit(books())).toEqual([])
  })

  test('an order that is cancelled, with everything undone', () => {
    expect(audit(books({ orders: [order('cancelled')], ...allUndone, ...untouched }))).toEqual([])
  })

  test('an order that was declined, and blocked where it never arrived', () => {
    const none = { key: 'o-1', undone: true }
    const declined = { ...charge, answer: 'declined' as const }
    const parts = { reservations: [none], charges: [declined], shipments: [none] }
    expect(audit(books({ orders: [order('cancelled')], ...parts, ...untouched }))).toEqual([])
  })
})

describe('books that do not', () => {
  const cancelled = { orders: [order('cancelled')], ...allUndone, ...untouched }
  const held = { stock: [{ sku: 'book-42', initial: 10, onHand: 8 }] }
  const cases: [string, Partial<Books>][] = [
    ['order o-1 was charged 2 times', { charges: [charge, { ...charge, key: 'other' }] }],
    ['order o-1 is confirmed, but not paid', { charges: [] }],
    ['order o-1 is confirmed, but not paid', { charges: [{ ...charge, undone: true }] }],
    ['order o-1 is confirmed, but not paid', { charges: [{ ...charge, answer: 'declined' }] }],
    [
      'order o-1 costs 4998 cents, but 4999 were charged',
      { charges: [{ ...charge, asked: { orderId: 'o-1', amountCents: 4_999 } }] },
    ],
    [
      'order o-1 is confirmed, but its reserved stock is there 0 times',
      { reservations: [{ ...reservation, undone: true }], stock: untouched.stock },
    ],
    ['order o-1 is confirmed, but its planned shipment is there 0 times', { shipments: [] }],
    [
      'order o-1 is confirmed, but its planned shipment is there 2 times',
      { shipments: [shipment, shipment] },
    ],
    [
      'order o-1 has a planned shipment that is not what was ordered',
      { shipments: [{ ...shipment, asked: { orderId: 'o-1', items: [{ sku: 'mug-7', quantity: 1 }] } }] },
    ],
    ['order o-1 is cancelled, but its charge was not refunded', { ...cancelled, charges: [charge] }],
    [
      'order o-1 is cancelled, but its stock was not released',
      { ...cancelled, ...held, reservations: [reservation] },
    ],
    ['order o-1 is cancelled, but is still to be shipped', { ...cancelled, shipments: [shipment] }],
    ['order o-1 is still pending', { ...cancelled, orders: [order('pending')] }],
    [
      'there is a charge for order o-2, which does not exist',
      { charges: [charge, { ...charge, key: 'o-2', asked: { orderId: 'o-2', amountCents: 1 } }] },
    ],
    ['order o-1 was promised to a customer, but is cancelled', { ...cancelled, acknowledged: ['o-1'] }],
    ['order o-9 was promised to a customer, but is lost', { acknowledged: ['o-9'] }],
    ['order o-9 was accepted from a customer, but is lost', { accepted: ['o-9'] }],
    [
      'stock of book-42 is not conserved: 10 at first, now 7 on hand and 2 reserved',
      { stock: [{ sku: 'book-42', initial: 10, onHand: 7 }] },
    ],
  ]
  test.each(cases)('%s', (finding, change) => {
    expect(audit(books(change))).toEqual([finding])
  })
})

test('books that cannot be read are a finding, and end nothing', async () => {
  const get = async <T>(name: string, path: string): Promise<T> => {
    if (name === 'payment') throw new Error(`cannot get ${path} of payment: it does not answer`)
    return { unfinished: 0, untold: 0, entries: [], next: null } as T
  }
  const { findings } = await settleBooks({ get }, [], 0)
  expect(findings).toEqual(['cannot get /internal/books?from=0 of payment: it does not answer'])
})
