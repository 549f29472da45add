import { isDeepStrictEqual } from 'node:util'
import type { Order } from '../order/order.js'
import type { Books } from './books.js'

interface Entry {
  readonly asked?: { readonly orderId: string }
  readonly answer?: string
  readonly undone: boolean
}

/**
 * Whether the books balance: every order is paid, reserved and to be shipped, or refunded and released; nobody is
 * charged twice; stock is conserved; and whoever was told of an order has it.
 *
 * Returns what does not balance, a sentence each; nothing when all is well. Linear in the size of the books.
 */
export function audit(books: Books): string[] {
  const charges = byOrder(books.charges, 'charged')
  const reservations = byOrder(books.reservations, 'reserved')
  const shipments = byOrder(books.shipments, 'planned')
  const known = new Map(books.orders.map((order) => [order.id, order]))
  const findings: string[] = []

  for (const order of books.orders) {
    const inForce = {
      charges: charges.get(order.id) ?? [],
      reservations: reservations.get(order.id) ?? [],
      shipments: shipments.get(order.id) ?? [],
    }
    findings.push(...auditOrder(order, inForce).map((finding) => `order ${order.id} ${finding}`))
  }
  for (const [what, entries] of Object.entries({
    charge: charges,
    reservation: reservations,
    shipment: shipments,
  })) {
    for (const orderId of entries.keys()) {
      if (!known.has(orderId)) findings.push(`there is a ${what} for order ${orderId}, which does not exist`)
    }
  }
  for (const orderId of books.acknowledged) {
    if (known.get(orderId)?.state === 'confirmed') continue
    findings.push(
      `order ${orderId} was promised to a customer, but is ${known.get(orderId)?.state ?? 'lost'}`,
    )
  }
  for (const orderId of books.accepted)
    if (!known.has(orderId)) findings.push(`order ${orderId} was accepted from a customer, but is lost`)
  return [...findings, ...auditStock(books)]
}

interface InForce {
  readonly charges: Books['charges']
  readonly reservations: Books['reservations']
  readonly shipments: Books['shipments']
}

function auditOrder(order: Order, { charges, reservations, shipments }: InForce): string[] {
  const findings: string[] = []
  if (charges.length > 1) findings.push(`was charged ${charges.length} times`)
  if (order.state === 'cancelled') {
    if (charges.length > 0) findings.push('is cancelled, but its charge was not refunded')
    if (reservations.length > 0) findings.push('is cancelled, but its stock was not released')
    if (shipments.length > 0) findings.push('is cancelled, but is still to be shipped')
    return findings
  }
  if (order.state !== 'confirmed') return [...findings, `is still ${order.state}`]
  if (charges.length === 0) findings.push('is confirmed, but not paid')
  for (const { asked } of charges) {
    if (asked?.amountCents === order.totalCents) continue
    findings.push(`costs ${order.totalCents} cents, but ${asked?.amountCents} were charged`)
  }
  for (const [what, entries] of Object.entries({
    'reserved stock': reservations,
    'planned shipment': shipments,
  })) {
    if (entries.length !== 1) findings.push(`is confirmed, but its ${what} is there ${entries.length} times`)
    else if (!isDeepStrictEqual(entries[0]?.asked?.items, order.items)) {
      findings.push(`has a ${what} that is not what was ordered`)
    }
  }
  return findings
}

function auditStock(books: Books): string[] {
  const reserved = new Map<string, number>()
  for (const { asked, answer, undone } of books.reservations) {
    if (undone || answer !== 'reserved') continue
    for (const { sku, quantity } of asked?.items ?? []) reserved.set(sku, (reserved.get(sku) ?? 0) + quantity)
  }
  return books.stock
    .map(({ sku, initial, onHand }) => ({ sku, initial, onHand, reserved: reserved.get(sku) ?? 0 }))
    .filter(({ initial, onHand, reserved: held }) => onHand < 0 || initial !== onHand + held)
    .map(
      ({ sku, initial, onHand, reserved: held }) =>
        `stock of ${sku} is not conserved: ${initial} at first, now ${onHand} on hand and ${held} reserved`,
    )
}

/** What is in force, that is done and not undone, by order. */
function byOrder<E extends Entry>(entries: readonly E[], answer: string): Map<string, E[]> {
  const grouped = new Map<string, E[]>()
  for (const entry of entries) {
    if (entry.undone || entry.answer !== answer || entry.asked === undefined) continue
    const { orderId } = entry.asked
    const group = grouped.get(orderId)
    if (group === undefined) grouped.set(orderId, [entry])
    else group.push(entry)
  }
  return grouped
}
