import { AsyncLocalStorage } from 'node:async_hooks'
import { migrate, type OpenedEvents, PostgresIdempotencyStore, type Store } from '@watertight/durable'
import { collectBooks, type Books } from '../../src/audit/books.js'
import { Edge, type Exchange, type ExchangeRequest } from '../../src/http/edge.js'
import { replyOf } from '../../src/http/reply-of.js'
import { Router } from '../../src/http/routes.js'
import type { Service } from '../../src/http/service.js'
import { CheckoutDesk } from '../../src/order/checkout-desk.js'
import { OrderStore } from '../../src/order/order-store.js'
import { openInventory } from '../../src/services/inventory.js'
import { openLoyalty } from '../../src/services/loyalty.js'
import type { InstanceName } from '../../src/services/names.js'
import { orderService } from '../../src/services/order.js'
import { loadManifest } from '../../src/manifest/manifest.js'
import { ChargeStore } from '../../src/payment/charge-store.js'
import { paymentService } from '../../src/services/payment.js'
import { shipConfirmed, shippingService } from '../../src/services/shipping.js'
import { until } from '../until.js'
import type { OpenJournal } from '../../src/journal/journal.js'
import { KeyedServer } from './keyed-server.js'
import { memoryJournals } from './memory-journals.js'
import { mortalStore, type MortalStore } from './mortal-store.js'

const SETTLED_MS = 60_000
/** A process that has been killed is found out after so long. */
const LEASE_MS = 200

/** A request between two services, and whose checkout it is about. */
export interface Intercepted {
  readonly call: string
  readonly customer: string
  readonly request: ExchangeRequest
}

/** Stands between a caller and a service: passes a request on by `work`, or does something else. */
export type Interceptor = (intercepted: Intercepted, work: () => Promise<Response>) => Promise<Response>

/** A customer's answer. */
export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown> | undefined
}

/** The services in this process, on one embedded database. Orders are named after their customers. */
export class OneProcessShop {
  /** What went wrong beside the steps of orders. */
  readonly troubles: unknown[] = []
  /** What handlers threw that was no problem to answer with: faults of the shop's own. */
  readonly failures: unknown[] = []
  readonly #store: Store
  readonly #intercept: Interceptor
  readonly #services = new Map<InstanceName, Router>()
  readonly #customer = new AsyncLocalStorage<string>()
  readonly #unfinishedMax: number | undefined
  #shipping: OpenedEvents | undefined
  #payment: KeyedServer | undefined
  #orders = 0
  #order: MortalStore
  #desk: Promise<CheckoutDesk>
  #dies: () => void = () => {}
  #death: Promise<never>

  private constructor(store: Store, intercept: Interceptor, unfinishedMax: number | undefined) {
    this.#store = store
    this.#unfinishedMax = unfinishedMax
    this.#intercept = intercept
    this.#order = mortalStore(store)
    this.#death = this.#nextDeath()
    this.#desk = this.#startOrder()
  }

  /** A new shop on this database. */
  static async open(
    store: Store,
    intercept: Interceptor = (_intercepted, work) => work(),
    { unfinishedMax }: { readonly unfinishedMax?: number } = {},
  ): Promise<OneProcessShop> {
    for (const part of ['table if exists orders, charges, shipments', 'schema if exists watertight cascade'])
      await store.query(`drop ${part}`)
    await migrate(store)
    const shop = new OneProcessShop(store, intercept, unfinishedMax)
    const openJournal = memoryJournals()
    shop.#add('inventory', await openInventory({ openJournal }))
    await shop.#addPayment(openJournal)
    await shop.#addShipping()
    shop.#add('loyalty', await openLoyalty({ openJournal }))
    shop.#add('tax', { routes: { 'POST /taxes': () => ({ status: 200, body: { taxCents: 327 } }) } })
    await shop.#desk
    return shop
  }

  async checkout(change: Record<string, unknown> = {}, customer: string = 'c1'): Promise<Reply> {
    const order = { customer, items: [{ sku: 'book-42', quantity: 2 }], card: 'tok_ok', ...change }
    const call = { method: 'POST', path: '/orders', body: order, idempotencyKey: `key ${customer}` } as const
    const answer = await this.#customer.run(customer, () => this.#edge('order').call(call))
    // As the gateway's part of watertight.yaml has it.
    if (!answer.answered) return { status: 503, body: { detail: String(answer.error) } }
    return { status: answer.status >= 500 ? 503 : answer.status, body: answer.body as Reply['body'] }
  }

  /** What `GET` of a path of order answers. */
  async look(path: string): Promise<Reply> {
    const answer = await this.#serve('order', path, { method: 'GET', headers: {}, body: undefined })
    return { status: answer.status, body: (await answer.json()) as Reply['body'] }
  }

  /** Resolves when every order has ended. */
  async settle(): Promise<void> {
    // Past the process of order, which may die meanwhile.
    const orders = new OrderStore(this.#store)
    const hasEnded = async () => (await orders.countUnfinished()).unfinished === 0
    await until('orders have ended', hasEnded, SETTLED_MS)
    const unhandled = async () => {
      const answer = await this.#serve('shipping', '/internal/unhandled', {
        method: 'GET',
        headers: {},
        body: undefined,
      })
      return ((await answer.json()) as { unhandled: number }).unhandled
    }
    await until('shipping has heard of them', async () => (await unhandled()) === 0, SETTLED_MS)
  }

  books(acknowledged: readonly string[]): Promise<Books> {
    const get = async <T>(name: InstanceName, url: string): Promise<T> =>
      (await (await this.#serve(name, url, { method: 'GET', headers: {}, body: undefined })).json()) as T
    return collectBooks({ get }, acknowledged)
  }

  /** How the order of this customer stands, as far as it is known. */
  async stateOf(customer: string): Promise<string | undefined> {
    return (await this.books([])).orders.find((order) => order.customer === customer)?.state
  }

  /** The process of order ends and is started again. What it was doing is never heard of again. */
  killOrder(): Promise<never> {
    this.#order.die()
    this.#dies()
    this.#death = this.#nextDeath()
    this.#order = mortalStore(this.#store)
    this.#desk = this.#startOrder()
    return new Promise(() => {})
  }

  async close(): Promise<void> {
    await (await this.#desk).close()
    await this.#shipping?.close()
    this.#payment?.close()
    // Each one that is left makes every later promise of the process dearer.
    this.#customer.disable()
  }

  #nextDeath(): Promise<never> {
    const death = new Promise<never>((_resolve, reject) => {
      this.#dies = () => reject(new Error('order has died'))
    })
    death.catch(() => {})
    return death
  }

  #startOrder(): Promise<CheckoutDesk> {
    const desk = CheckoutDesk.open({
      store: this.#order,
      version: 'stable',
      callees: {
        inventory: this.#edge('inventory'),
        payment: this.#edge('payment'),
        loyalty: this.#edge('loyalty'),
      },
      tax: this.#edge('tax'),
      leaseMs: LEASE_MS,
      ...(this.#unfinishedMax === undefined ? {} : { unfinishedMax: this.#unfinishedMax }),
      newId: (customer) => `${customer}.${(this.#orders += 1)}`,
      onTrouble: (error) => this.troubles.push(error),
    })
    this.#add('order', orderService(desk))
    return desk
  }

  #edge(name: InstanceName): Edge {
    const exchange: Exchange = (path, request) => {
      const work = () => {
        request.onAttempt()
        return this.#serve(name, path, request)
      }
      const death = this.#death
      const call = `${request.method} ${path}`
      // A step of an order runs wherever its worker was woken: in the course of some other checkout, perhaps.
      const isStep = name !== 'order' && name !== 'tax'
      const of = isStep ? request.headers['idempotency-key']?.split('.')[0] : this.#customer.getStore()
      const customer = of ?? ''
      const answer = this.#intercept({ call, customer, request }, work)
      return name === 'order' ? Promise.race([answer, death]) : answer
    }
    return new Edge(exchange)
  }

  /** Behind a server, where the keys of its requests are kept. */
  async #addPayment(openJournal: OpenJournal): Promise<void> {
    const charges = new ChargeStore(this.#store)
    await charges.open(openJournal)
    const service = paymentService(new PostgresIdempotencyStore({ store: this.#store }), charges, (error) =>
      this.troubles.push(error),
    )
    this.#add('payment', service)
    this.#payment = await KeyedServer.open(service, (error) => this.failures.push(error))
  }

  async #addShipping(): Promise<void> {
    const onError = (error: unknown) => this.troubles.push(error)
    this.#shipping = await shipConfirmed({ model: loadManifest().model, store: this.#store, onError })
    this.#add('shipping', shippingService(this.#store, Promise.resolve(this.#shipping)))
  }

  #add(name: InstanceName, { routes, internalRoutes }: Omit<Service, 'close'>): void {
    this.#services.set(name, new Router({ ...routes, ...internalRoutes }))
  }

  async #serve(
    name: InstanceName,
    url: string,
    { method, headers, body }: Omit<ExchangeRequest, 'onAttempt'>,
  ): Promise<Response> {
    if (name === 'payment' && method === 'POST' && this.#payment !== undefined)
      return await this.#payment.send(url, { method, headers, body })
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
