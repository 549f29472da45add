import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { readCertificates } from '@watertight/proxy/certificates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isDeepStrictEqual } from 'node:util'
import { collectBooks, type StockLine } from '../src/audit/books.js'
import { settleBooks } from '../src/audit/settle.js'
import { AlreadyRunningError } from '@watertight/supervisor'
import { Load } from '../src/load/load.js'
import { Measurements } from '../src/load/measurements.js'
import { loadManifest, serviceOf } from '../src/manifest/manifest.js'
import { instanceNames, type InstanceName } from '../src/services/names.js'
import { frontPage } from '../src/status/front-page.js'
import { servePage } from '../src/status/serve-page.js'
import { editableManifest, Shop } from './shop.js'
import { until } from './until.js'

const TAX_ESTIMATED = 'Tax is estimated at the standard rate; your invoice has the exact amount.'

let shop: Shop
let folder: string
let manifestFile: string
let manifest: string

beforeAll(async () => {
  const copy = await editableManifest()
  folder = copy.folder
  manifestFile = copy.file
  manifest = await readFile(manifestFile, 'utf8')
  shop = await Shop.open({ manifestFile })
})
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true })
})

const books = () => collectBooks(shop.system, [])
const stock = () => shop.system.get<StockLine[]>('inventory', '/internal/stock')

test('an order is placed, and can be looked up', async () => {
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body).toEqual({
    orderId: expect.any(String),
    status: 'confirmed',
    total: 49.98,
    currency: 'EUR',
    // An estimate where there is no Python to run tax.
    ...(shop.system.hasTax ? { tax: 3.27 } : { tax: 7.98, taxNote: TAX_ESTIMATED }),
    loyalty: 'You earned 49 loyalty points.',
  })
  const shown = await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)
  expect(shown.status).toBe(200)
  expect(shown.body).toMatchObject({ ...body, customer: 'c-1', items: [{ sku: 'book-42', quantity: 2 }] })
})

test.each([
  ['customer', { customer: '' }],
  ['customer', { customer: undefined }],
  ['items', { items: [] }],
  ['items[0].quantity', { items: [{ sku: 'book-42', quantity: 0 }] }],
  ['items[1].sku', { items: [{ sku: 'mug-7', quantity: 1 }, { quantity: 1 }] }],
  ['card', { card: 4111 }],
  ['coupon', { coupon: 'free' }],
])('bad input is a 400 that names %s', async (field, change) => {
  const { status, headers, body } = await shop.order(change)
  expect(status).toBe(400)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body).toMatchObject({ status: 400, field, detail: expect.stringContaining(field) })
})

test('what is no order at all', async () => {
  expect(await shop.request('gateway', 'POST', '/orders', '{"cust')).toMatchObject({ status: 400 })
  expect(await shop.request('gateway', 'POST', '/orders', 'x'.repeat(20_000))).toMatchObject({ status: 413 })
  expect(await shop.request('gateway', 'GET', '/nothing')).toMatchObject({ status: 404 })
  expect(await shop.request('gateway', 'GET', '/orders/none')).toMatchObject({ status: 404 })
  const wrongMethod = await shop.request('gateway', 'PUT', '/orders')
  expect(wrongMethod.status).toBe(405)
  expect(wrongMethod.headers.get('allow')).toBe('POST')
})

test('an unknown article is a 422', async () => {
  const { status, body } = await shop.order({ items: [{ sku: 'book-43', quantity: 1 }] })
  expect(status).toBe(422)
  expect(body).toMatchObject({ field: 'items[0].sku', detail: 'items[0].sku: "book-43" is not sold here' })
})

test('more than there is in stock is a 409', async () => {
  const { status } = await shop.order({ items: [{ sku: 'poster-1', quantity: 41 }] })
  expect(status).toBe(409)
})

test('a declined card is a 402, with the stock released', async () => {
  const before = await stock()
  const { status, body } = await shop.order({ card: 'tok_declined' })
  expect(status).toBe(402)
  expect(await stock()).toEqual(before)
  const shown = await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)
  expect(shown.body).toMatchObject({ status: 'cancelled', reason: 'card-declined' })
})

test('the same Idempotency-Key orders once, however often and at once it is sent', async () => {
  const key = { 'idempotency-key': 'same' }
  const replies = await Promise.all([shop.order({}, key), shop.order({}, key), shop.order({}, key)])
  replies.push(await shop.order({}, key))
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  expect(new Set(replies.map(({ body }) => body['orderId'])).size).toBe(1)
  const other = await shop.order({ customer: 'c-2' }, key)
  expect(other).toMatchObject({ status: 422, body: { title: 'key reused' } })
})

test('a changed number is followed, and a change that cannot be read is not', async () => {
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  const message = async () => (await shop.order()).body['loyalty']
  expect(await message()).toBe('Loyalty points currently unavailable, but your order is processed!')

  await writeFile(manifestFile, manifest.replace(/message: '[^']*'/, "message: 'No points today.'"))
  await until('the change is in force', async () => (await message()) === 'No points today.')

  await writeFile(manifestFile, manifest.replace('watertight: v1', 'watertight: [v1'))
  const refused =
    'watertight.yaml:9: cannot read watertight: it must be v1, got a list of 1; what was in force stays'
  await until('the mistake is told', () => shop.said.some((line) => line.includes(refused)))
  expect(await message()).toBe('No points today.')
  // Whatever starts from here on needs a document that it can read.
  await writeFile(manifestFile, manifest)
  await shop.system.clearFaults()
})

test('one number in the document, changed while it runs, gives the canary a share; an order stays with who took it', async () => {
  const orders = async (key: string) => {
    const { status, headers, body } = await shop.order({}, { 'idempotency-key': key })
    return { status, version: headers.get('x-order-version'), id: body['orderId'] }
  }
  expect(await orders('before')).toMatchObject({ status: 201, version: 'stable' })
  const changed = (to: string) => writeFile(manifestFile, manifest.replace('canary: 0 }', `canary: ${to} }`))
  await changed('95')
  const [key, first] = await until('the canary takes an order', async () => {
    const word = `canary ${performance.now()}`
    const order = await orders(word)
    return order.version === 'canary' && ([word, order] as const)
  })
  // Whichever version is asked now, it is the order of the canary.
  await changed('0')
  await until('stable takes all', async () => (await orders(`all ${performance.now()}`)).version === 'stable')
  expect(await orders(key)).toEqual(first)
  expect(await shop.request('gateway', 'GET', `/orders/${String(first.id)}`)).toMatchObject({ status: 200 })
})

describe('who may call', () => {
  const call = async (callee: InstanceName, workload?: string): Promise<number | string> => {
    const certificates = join(shop.dataFolder, 'certs')
    const {
      certificate: cert,
      key,
      trust: ca,
    } = await readCertificates(join(certificates, workload ?? 'order'))
    const shown = workload === undefined ? {} : { cert, key }
    const port = shop.system.inboundPort(callee)
    const outgoing = request({ host: '127.0.0.1', port, path: '/nothing', agent: false, ca, ...shown })
    outgoing.end()
    try {
      const [{ statusCode }] = (await once(outgoing, 'response')) as [{ readonly statusCode: number }]
      return statusCode
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code)
    } finally {
      outgoing.destroy()
    }
  }

  test('a caller on the list of the callee gets through, and any other is told that it may not', async () => {
    // There is nothing at that path, which is for the service to say.
    expect(await call('payment', 'order')).toBe(404)
    expect(await call('order', 'gateway')).toBe(404)
    expect(await call('payment', 'gateway')).toBe(403)
    expect(await call('payment', 'loyalty')).toBe(403)
    expect(await call('order', 'loyalty')).toBe(403)
    if (shop.system.hasTax)
      expect([await call('tax', 'order'), await call('tax', 'loyalty')]).toEqual([404, 403])
  })

  test('a caller without a certificate is not heard at all, by TLS and in plain text', async () => {
    expect(await call('payment')).toBe('ECONNRESET')
    const plain = `http://127.0.0.1:${shop.system.inboundPort('payment')}/charges`
    await expect(fetch(plain, { signal: AbortSignal.timeout(5_000) })).rejects.toThrow('fetch failed')
  })

  test('a customer without our authority does not believe the gateway', async () => {
    await expect(fetch(`${shop.system.gatewayUrl}/orders/none`)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/) },
    })
  })
})

test('a browser gets a page that says where the services are and how to break them', async () => {
  const served = await servePage(() => frontPage(shop.system), 0)
  const response = await fetch(served.url)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const page = await response.text()
  for (const name of instanceNames)
    expect(page).toContain(`<td>${name}</td><td>${shop.system.url(name)}</td>`)
  expect(page).not.toContain(shop.system.faultToken)
  served.close()
})

test('faults need the token, and are bounded', async () => {
  const plan = { latencyMs: 1, forSeconds: 1 }
  expect(await shop.request('payment', 'POST', '/faults', plan)).toMatchObject({ status: 401 })
  const wrong = { authorization: `Bearer ${'0'.repeat(shop.system.faultToken.length)}` }
  expect(await shop.request('payment', 'POST', '/faults', plan, wrong)).toMatchObject({ status: 401 })
  const bearer = { authorization: `Bearer ${shop.system.faultToken}` }
  expect(await shop.request('payment', 'POST', '/faults', plan, bearer)).toMatchObject({ status: 200 })
  for (const [field, value] of [
    ['latencyMs', -1],
    ['errorRate', 2],
    ['forSeconds', 1e9],
  ]) {
    const reply = await shop.faults('payment', { ...plan, [field as string]: value as number })
    expect(reply).toMatchObject({ status: 400, body: { field } })
  }
})

test('without loyalty an order is processed all the same', async () => {
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body['loyalty']).toBe('Loyalty points currently unavailable, but your order is processed!')
  await shop.system.clearFaults()
})

test('while shipping hangs orders go on, and are shipped when it is back', async () => {
  shop.signal('shipping', 'SIGSTOP')
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect((await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)).body).toMatchObject({
    status: 'confirmed',
  })
  shop.signal('shipping', 'SIGCONT')
  await until('it is to be shipped', async () =>
    (await books()).shipments.some(({ key }) => key === body['orderId']),
  )
})

test('with payment down an order is accepted, with a place to look; it goes on once payment is back, and its key finds it all the time', async () => {
  await shop.faults('payment', { errorRate: 1, forSeconds: 60 })
  const ask = () => shop.order({}, { 'idempotency-key': 'again' })
  const { status, headers, body } = await ask()
  const orderId = String(body['orderId'])
  expect({ status, location: headers.get('location') }).toEqual({
    status: 202,
    location: `/orders/${orderId}`,
  })
  const look = async () => (await shop.request('gateway', 'GET', `/orders/${orderId}`)).body['status']
  await until('it says what it waits for', async () => (await look()) === 'waiting for payment')
  expect(await ask()).toMatchObject({ status: 202, body: { orderId, status: 'waiting for payment' } })
  await shop.system.clearFaults()
  await until('it is confirmed', async () => (await look()) === 'confirmed')
  expect(await ask()).toMatchObject({ status: 201, body: { orderId, status: 'confirmed' } })
})

test('a charge whose answer comes too late is made, and made once', async () => {
  const { calls } = serviceOf(loadManifest().model, 'order')
  const attemptMs = calls.find(({ to }) => to === 'payment')?.policy.timeout?.attemptMs ?? NaN
  await shop.faults('payment', { latencyMs: attemptMs + 300, forSeconds: 60 })
  const { status, body } = await shop.order()
  expect(status).toBe(202)
  await shop.system.clearFaults()
  const { charges } = await until('it is settled', async () => {
    const found = await books()
    return found.orders.find(({ id }) => id === body['orderId'])?.state === 'confirmed' && found
  })
  expect(charges.filter(({ key }) => key === body['orderId'])).toMatchObject([{ undone: false }])
})

test('while tax stands still, orders go on with an estimated tax, and are told so', async () => {
  const taxOf = async () => {
    const { status, body } = await shop.order()
    return { status, tax: body['tax'], note: body['taxNote'] }
  }
  const estimate = { status: 201, tax: 7.98, note: TAX_ESTIMATED }
  if (shop.system.hasTax) shop.signal('tax', 'SIGSTOP')
  const estimated = await until('the tax is estimated', async () => {
    const tax = await taxOf()
    return isDeepStrictEqual(tax, estimate) && tax
  })
  expect(estimated).toEqual(estimate)
  if (!shop.system.hasTax) return
  shop.signal('tax', 'SIGKILL')
  const exact = { status: 201, tax: 3.27, note: undefined }
  const again = await until('the tax is exact again', async () => {
    const tax = await taxOf()
    return isDeepStrictEqual(tax, exact) && tax
  })
  expect(again).toEqual(exact)
})

test('order dies under load, in the middle of an order: it takes up all that it left, and the books balance', async () => {
  const measurements = new Measurements()
  const load = new Load({ frontDoor: shop.system.frontDoor, rate: 5, measurements })
  const placed = () => measurements.snapshot().overall.counts.placed
  await until('orders are placed', () => placed() > 10)

  const { restarts } = shop.system
  await shop.faults('payment', { latencyMs: 600, forSeconds: 60 })
  const ask = () => shop.order({ customer: 'c-resumed' }, { 'idempotency-key': 'resumed' })
  const answer = ask()
  const { id } = await until('it is being charged', async () => {
    const { orders, reservations } = await books()
    const reserved = new Set(reservations.map(({ asked }) => asked?.orderId))
    return orders.find((order) => order.customer === 'c-resumed' && reserved.has(order.id))
  })
  shop.signal('order', 'SIGKILL')
  await shop.system.clearFaults()
  // The gateway tries again under the same key for twelve seconds, which a restart takes only on a very busy machine.
  const first = await answer
  const { body } = await until('the order is answered', async () => {
    const reply = first.status === 201 ? first : await ask()
    return reply.status === 201 && reply
  })
  const before = placed()
  await until('orders are placed again', () => placed() > before + 10)
  await load.stop()

  expect(shop.system.restarts).toBe(restarts + 1)
  const ofOrder = shop.said.filter((line) => /^order-stable \| (ended|back)/.test(line))
  expect(ofOrder.slice(-2)).toEqual([
    'order-stable | ended (SIGKILL), is started again',
    expect.stringMatching(/^order-stable \| back after \d+\.\d s$/),
  ])
  const promised = String(body['orderId'])
  const settled = await settleBooks(shop.system, [...load.acknowledged, promised], 30_000)
  expect(settled.findings).toEqual([])
  // It is the same order, unless that had to be given up: then it is undone, and the second try was a new one.
  const { state } = settled.books.orders.find((order) => order.id === id) ?? {}
  expect(state).toBe(promised === id ? 'confirmed' : 'cancelled')
})

test('the books balance, and a second run continues with them', async () => {
  const first = await settleBooks(shop.system, [], 20_000)
  expect(first.findings).toEqual([])
  await expect(Shop.open({ dataFolder: shop.dataFolder })).rejects.toThrow(AlreadyRunningError)

  await shop.stopAndStartAgain()
  const second = await settleBooks(shop.system, [], 20_000)
  expect(second.findings).toEqual([])
  expect(second.books).toEqual(first.books)
})
