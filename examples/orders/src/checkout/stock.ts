import { catalogue } from './catalogue.js'
import type { Items } from './checkout-schema.js'

/** What is on the shelves, by sku. It starts full and follows from the reservations alone. */
export class Stock {
  readonly #onHand = new Map([...catalogue.values()].map(({ sku, stock }) => [sku, stock]))

  take(items: Items): void {
    for (const { sku, quantity } of items) this.#add(sku, -quantity)
  }

  putBack(items: Items): void {
    for (const { sku, quantity } of items) this.#add(sku, quantity)
  }

  /** Whether all of it is there, also when a sku is listed twice. */
  has(items: Items): boolean {
    const wanted = new Map<string, number>()
    for (const { sku, quantity } of items) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
    return [...wanted].every(([sku, quantity]) => (this.#onHand.get(sku) ?? 0) >= quantity)
  }

  /** Every article with what there was at first and what there is now. */
  lines(): { sku: string; initial: number; onHand: number }[] {
    return [...catalogue.values()].map(({ sku, stock }) => ({
      sku,
      initial: stock,
      onHand: this.#onHand.get(sku) ?? 0,
    }))
  }

  #add(sku: string, quantity: number): void {
    this.#onHand.set(sku, (this.#onHand.get(sku) ?? 0) + quantity)
  }
}
