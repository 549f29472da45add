import { collectBooks, type Books } from '../../src/audit/books.js'
import { Edge, type Exchange, type ExchangeRequest } from '../../src/http/edge.js'
import { replyOf } from '../../src/http/reply-of.js'
import { Router } from '../../src/http/routes.js'
import type { Service } from '../../src/http/service.js'
import { PlaceOrder } from '../../src/order/place-order.js'
import { openInventory } from '../../src/services/inventory.js'
import { openLoyalty } from '../../src/services/loyalty.js'
import type { InstanceName } from '../../src/services/names.js'
import { orderService } from '../../src/services/order.js'
import { openPayment } from '../../src/services/payment.js'
import { openShipping } from '../../src/services/shipping.js'
import { memoryJournals } from './memory-journals.js'
import { MemoryOrderStore } from './memory-order-store.js'

const SWEEPS_MAX = 30

/** Stands between a caller and a service: passes a request on by `work`, or does something else. */
export type Interceptor = (
  call: string,
  request: ExchangeRequest,
  work: () => Promise<Response>,
) => Promise<Response>

/** A customer's answer. */
export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown> | undefined
}

/** The services in this process, in memory: a checkout takes a fraction of a millisecond. */
export class OneProcessShop {
  readonly store: MemoryOrderStore = new MemoryOrderStore()
  /** Why orders stood still. */
  readonly troubles: unknown[] = []
  /** What handlers threw that was no problem to answer with: faults of the shop's own. */
  readonly failures: unknown[] = []
  placeOrder: PlaceOrder
  readonly #services = new Map<InstanceName, Router>()
  readonly #intercept: Interceptor
  #dies: () => void = () => {}
  #death: Promise<never>

  private constructor(intercept: Interceptor) {
    this.#intercept = intercept
    this.#death = this.#nextDeath()
    this.placeOrder = this.#startOrder()
  }

  static async open(intercept: Interceptor = (_call, _request, work) => work()): Promise<OneProcessShop> {
    const shop = new OneProcessShop(intercept)
    const openJournal = memoryJournals()
    shop.#add('inventory', await openInventory({ openJournal }))
    shop.#add('payment', await openPayment({ openJournal }))
    shop.#add('shipping', await openShipping({ openJournal }))
    shop.#add('loyalty', await openLoyalty({ openJournal }))
    shop.#add('tax', { routes: { 'POST /taxes': () => ({ status: 200, body: { taxCents: 327 } }) } })
    return shop
  }

  async checkout(change: Record<string, unknown> = {}, key: string = 'k-1'): Promise<Reply> {
    const order = { customer: 'c-1', items: [{ sku: 'book-42', quantity: 2 }], card: 'tok_ok', ...change }
    const call = { method: 'POST', path: '/orders', body: order, idempotencyKey: key } as const
    const answer = await this.#edge('order').call(call)
    // As the gateway's part of watertight.yaml has it.
    if (!answer.answered || answer.status >= 500) return { status: 503, body: undefined }
    return { status: answer.status, body: answer.body as Reply['body'] }
  }

  /** Sweeps until every order has ended; throws when that takes too long. */
  async settle(): Promise<void> {
    for (let sweep = 0; sweep < SWEEPS_MAX; sweep += 1) {
      if ((await this.store.countUnfinished()).unfinished === 0) return
      await Promise.race([this.placeOrder.sweepAll(), this.#death]).catch(() => {})
    }
    throw new Error(`orders have not ended after ${SWEEPS_MAX} sweeps`)
  }

  books(acknowledged: readonly string[]): Promise<Books> {
    const get = async <T>(name: InstanceName, url: string): Promise<T> =>
      (await (await this.#serve(name, url, { method: 'GET', headers: {}, body: undefined })).json()) as T
    return collectBooks({ get }, acknowledged)
  }

  /** The process of order ends and is started again. What it was doing is never heard of again. */
  killOrder(): Promise<never> {
    this.#dies()
    this.#death = this.#nextDeath()
    this.placeOrder = this.#startOrder()
    return new Promise(() => {})
  }

  #nextDeath(): Promise<never> {
    const death = new Promise<never>((_resolve, reject) => {
      this.#dies = () => reject(new Error('order has died'))
    })
    death.catch(() => {})
    return death
  }

  /** The saga of another version of order, over the same store. */
  placeOrderOf(version: string): PlaceOrder {
    return new PlaceOrder({
      version,
      store: this.store,
      callees: {
        inventory: this.#edge('inventory'),
        payment: this.#edge('payment'),
        shipping: this.#edge('shipping'),
        loyalty: this.#edge('loyalty'),
      },
      onTrouble: (error) => this.troubles.push(error),
    })
  }

  #startOrder(): PlaceOrder {
    const placeOrder = this.placeOrderOf('stable')
    this.#add(
      'order',
      orderService({ version: 'stable', store: this.store, placeOrder, tax: this.#edge('tax') }),
    )
    return placeOrder
  }

  #edge(name: InstanceName): Edge {
    const exchange: Exchange = (path, request) => {
      const work = () => {
        request.onAttempt()
        return this.#serve(name, path, request)
      }
      const death = this.#death
      const answer = this.#intercept(`${request.method} ${path}`, request, work)
      return name === 'order' ? Promise.race([answer, death]) : answer
    }
    return new Edge(exchange)
  }

  #add(name: InstanceName, { routes, internalRoutes }: Omit<Service, 'close'>): void {
    this.#services.set(name, new Router({ ...routes, ...internalRoutes }))
  }

  async #serve(
    name: InstanceName,
    url: string,
    { method, headers, body }: Omit<ExchangeRequest, 'onAttempt'>,
  ): Promise<Response> {
    const [path = '', query = ''] = url.split('?')
    const reply = await replyOf(
      () => {
        const { handler, params } = (this.#services.get(name) as Router).find(method, path)
        const request = { params, query: new URLSearchParams(query), headers }
        return handler({ ...request, body: body === undefined ? undefined : JSON.parse(body) })
      },
      (error) => this.failures.push(error),
    )
    return Response.json(reply.body, { status: reply.status, headers: { ...reply.headers } })
  }
}
