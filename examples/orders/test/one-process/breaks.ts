import type { Store } from '@watertight/durable'
import { audit } from '../../src/audit/audit.js'
import { faults, type Fault } from './faults.js'
import { OneProcessShop, type Reply } from './one-process-shop.js'

const calls = [
  'POST /orders',
  'POST /taxes',
  'POST /reservations',
  'POST /charges',
  'POST /points',
  'POST /refunds',
  'POST /releases',
] as const

/** So many customers come at once: no more than order works on, so that nobody's request goes on in the course of another. */
const AT_ONCE = 16

/** A call that goes wrong once, the first time that it is made. */
export interface Break {
  readonly call: string
  readonly fault: Fault
}

/** Every call of a checkout, broken in every way. */
export const breaks: readonly Break[] = calls.flatMap((call) =>
  // The gateway knows order's sidecar by its certificate.
  faults.filter(({ isMadeUp }) => call !== 'POST /orders' || !isMadeUp).map((fault) => ({ call, fault })),
)

/** Of each kind one: whether it was sent, whether it was done, and what came back. */
export const representatives: readonly Break[] = breaks.filter(({ fault }) => fault.isRepresentative)

/** What customers send, and what they must be told in the end. */
export const checkouts = [
  { change: {}, status: 201 },
  { change: { card: 'tok_declined' }, status: 402 },
  { change: { items: [{ sku: 'poster-1', quantity: 41 }] }, status: 409 },
] as const

/** One customer, and what breaks for this one. Two breaks of one call strike one after the other. */
export interface Misfortune {
  readonly broken: readonly Break[]
  readonly checkout: (typeof checkouts)[number]
}

interface Customer extends Misfortune {
  readonly name: string
  readonly left: Break[]
  readonly answers: Reply[]
}

/**
 * Each customer sends a checkout, sends it again, and once more when all has settled, while calls break; then the books
 * are audited. Gives what is wrong, nothing when all is well.
 */
export async function findingsOf(store: Store, misfortunes: readonly Misfortune[]): Promise<string[]> {
  const customers = misfortunes.map((misfortune, index): Customer => {
    return { ...misfortune, name: `c${index}`, left: [...misfortune.broken], answers: [] }
  })
  const byName = new Map(customers.map((customer) => [customer.name, customer]))
  let deaths = 0
  const late: (() => Promise<Response>)[] = []
  const shop: OneProcessShop = await OneProcessShop.open(store, ({ call, customer, request }, work) => {
    const left = byName.get(customer)?.left ?? []
    const index = left.findIndex((one) => one.call === call)
    const [strikes] = index < 0 ? [] : left.splice(index, 1)
    if (strikes === undefined) return work()
    return strikes.fault.strike({
      request,
      work,
      later: (delayed) => late.push(delayed),
      die: () => {
        deaths += 1
        return shop.killOrder()
      },
    })
  })
  const order = async (customer: Customer) =>
    customer.answers.push(await shop.checkout(customer.checkout.change, customer.name))
  await all(customers, async (customer) => {
    await order(customer)
    await order(customer)
  })
  await shop.settle()
  for (const work of late.splice(0)) await work()
  const unbroken = customers.map(({ left }) => left.length)
  const deathsBefore = deaths
  await all(customers, order)
  await shop.settle()
  const told = customers.flatMap(({ answers }) => answers).filter(({ status }) => status === 201)
  const findings = audit(await shop.books(told.map(({ body }) => String(body?.['orderId']))))
  const wrong = customers.flatMap((customer, index) =>
    [
      ...findings.filter((finding) => finding.includes(`order ${customer.name}.`)),
      ...complaintsOf(customer, customer.left.length === unbroken[index] && deaths === deathsBefore),
    ].map((finding) => `${nameOf(customer)}: ${finding}`),
  )
  const others = findings.filter((finding) => !finding.includes('order c'))
  await shop.close()
  return [...wrong, ...others, ...shop.failures.map(String)]
}

function complaintsOf({ answers, checkout: { status } }: Customer, mustBeRight: boolean): string[] {
  const last = answers.at(-1)
  return [
    ...answers
      .filter((answer) => answer.status !== status && answer.status !== 503 && answer.status !== 202)
      .map((answer) => `a customer was told ${answer.status}`),
    ...answers
      .filter(({ status: told, body }) => told === 201 && !tellsTax(body))
      .map(({ body }) => `a customer was told this of the tax: ${JSON.stringify(body)}`),
    ...(mustBeRight && last?.status !== status
      ? [`the last answer is ${last?.status}, ${JSON.stringify(last?.body)}`]
      : []),
  ]
}

function nameOf({ broken, checkout }: Misfortune): string {
  return `${broken.map(({ call, fault }) => `${call}: ${fault.name}`).join(' | ')} (${checkout.status})`
}

/** The tax that there is, or why it is not said. */
function tellsTax(body: Record<string, unknown> | undefined): boolean {
  return body?.['tax'] === 3.27 || typeof body?.['taxNote'] === 'string'
}

async function all<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
