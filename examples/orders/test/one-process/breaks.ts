import { audit } from '../../src/audit/audit.js'
import { faults, type Fault } from './faults.js'
import { OneProcessShop } from './one-process-shop.js'

const calls = [
  'POST /orders',
  'POST /taxes',
  'POST /reservations',
  'POST /charges',
  'POST /shipments',
  'POST /points',
  'POST /cancellations',
  'POST /refunds',
  'POST /releases',
] as const

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

/** What customers send, and what they must be told in the end. */
export const checkouts: readonly (readonly [change: Record<string, unknown>, status: number])[] = [
  [{}, 201],
  [{ card: 'tok_declined' }, 402],
  [{ items: [{ sku: 'poster-1', quantity: 41 }] }, 409],
]

export function nameOf(broken: readonly Break[]): string {
  return broken.map(({ call, fault }) => `${call}: ${fault.name}`).join(' | ')
}

/**
 * A customer sends a checkout, sends it again, and once more when all has settled, while calls break; then the books
 * are audited. Gives what is wrong, nothing when all is well. Two breaks of one call strike one after the other.
 */
export async function findingsOf(
  broken: readonly Break[],
  [change, status]: (typeof checkouts)[number],
): Promise<string[]> {
  const left = [...broken]
  const late: (() => Promise<Response>)[] = []
  const shop: OneProcessShop = await OneProcessShop.open((call, request, work) => {
    const index = left.findIndex((one) => one.call === call)
    const [strikes] = index < 0 ? [] : left.splice(index, 1)
    if (strikes === undefined) return work()
    return strikes.fault.strike({
      request,
      work,
      later: (delayed) => late.push(delayed),
      die: () => shop.killOrder(),
    })
  })
  const answers = [await shop.checkout(change), await shop.checkout(change)]
  await shop.settle()
  for (const work of late.splice(0)) await work()
  await shop.settle()
  const unbroken = left.length
  const last = await shop.checkout(change)
  await shop.settle()
  const mustBeRight = left.length === unbroken
  const acknowledged = [...answers, last]
    .filter((answer) => answer.status === 201)
    .map(({ body }) => String(body?.['orderId']))
  return [
    ...audit(await shop.books(acknowledged)),
    ...[...answers, last]
      .filter((answer) => answer.status !== status && answer.status !== 503)
      .map((answer) => `a customer was told ${answer.status}`),
    ...[...answers, last]
      .filter(({ status: told, body }) => told === 201 && !tellsTax(body))
      .map(({ body }) => `a customer was told this of the tax: ${JSON.stringify(body)}`),
    ...(mustBeRight && last.status !== status ? [`the last answer is ${last.status}`] : []),
    ...[...shop.failures, ...shop.troubles].map(String),
  ]
}

/** The tax that there is, or why it is not said. */
function tellsTax(body: Record<string, unknown> | undefined): boolean {
  return body?.['tax'] === 3.27 || typeof body?.['taxNote'] === 'string'
}
