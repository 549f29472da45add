import { createLogger } from '@watertight/telemetry'
import { collectBooks, type Books } from '../../src/audit/books.js'
import { Edge, type Exchange, type ExchangeRequest } from '../../src/http/edge.js'
import { replyOf } from '../../src/http/reply-of.js'
import { Router } from '../../src/http/routes.js'
import type { Service } from '../../src/http/service.js'
import { PlaceOrder } from '../../src/order/place-order.js'
import { openGateway } from '../../src/services/gateway.js'
import { openInventory } from '../../src/services/inventory.js'
import { openLoyalty } from '../../src/services/loyalty.js'
import type { ServiceName } from '../../src/services/names.js'
import { orderService } from '../../src/services/order.js'
import { openPayment } from '../../src/services/payment.js'
import { openShipping } from '../../src/services/shipping.js'
import { memoryJournals } from './memory-journals.js'
import { MemoryOrderStore } from './memory-order-store.js'

const SWEEPS_MAX = 30

const silentLog = createLogger({ service: 'gateway', destination: { write: () => {} } })

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

/** The six services in this process, in memory: a checkout takes a fraction of a millisecond. */
export class OneProcessShop {
  readonly store: MemoryOrderStore = new MemoryOrderStore()
  /** Why orders stood still. */
  readonly troubles: unknown[] = []
  /** What handlers threw that was no problem to answer with: faults of the shop's own. */
  readonly failures: unknown[] = []
  placeOrder: PlaceOrder
  readonly #services = new Map<ServiceName, Router>()
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
    shop.#add(
      'gateway',
      await openGateway({ edges: { to: () => shop.#edge('order') }, urls: {}, log: silentLog }),
    )
    return shop
  }

  async checkout(change: Record<string, unknown> = {}, key: string = 'k-1'): Promise<Reply> {
    const order = { customer: 'c-1', items: [{ sku: 'book-42', quantity: 2 }], card: 'tok_ok', ...change }
    const response = await this.#serve('gateway', '/orders', {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify(order),
    })
    return { status: response.status, body: (await response.json()) as Reply['body'] }
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
    const get = async <T>(name: ServiceName, url: string): Promise<T> =>
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

  #startOrder(): PlaceOrder {
    const placeOrder = new PlaceOrder({
      store: this.store,
      callees: {
        inventory: this.#edge('inventory'),
        payment: this.#edge('payment'),
        shipping: this.#edge('shipping'),
        loyalty: this.#edge('loyalty'),
      },
      onTrouble: (error) => this.troubles.push(error),
    })
    this.#add('order', orderService(this.store, placeOrder))
    return placeOrder
  }

  #edge(name: ServiceName): Edge {
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

  #add(name: ServiceName, { routes, internalRoutes }: Omit<Service, 'close'>): void {
    this.#services.set(name, new Router({ ...routes, ...internalRoutes }))
  }

  async #serve(
    name: ServiceName,
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
