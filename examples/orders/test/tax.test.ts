import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CallResult } from '../src/http/edge.js'
import { taxIn } from '../src/order/tax.js'
import { findPython } from '../src/system/python.js'
import { freePort } from '@watertight/deploy'
import { until } from './until.js'

const items = [{ sku: 'book-42', quantity: 2 }]
const later = { taxNote: 'The tax in this price is worked out later; your invoice will have it.' }

test.each<readonly [string, CallResult, unknown]>([
  ['what tax says', { answered: true, status: 200, body: { taxCents: 327 } }, { taxCents: 327 }],
  [
    'the fallback of the document',
    { answered: true, status: 200, body: { rate: 0.19, note: 'estimated' } },
    { taxCents: 798, taxNote: 'estimated' },
  ],
  ['more than the price', { answered: true, status: 200, body: { taxCents: 5_000 } }, later],
  ['another body', { answered: true, status: 200, body: null }, later],
  ['a 404', { answered: true, status: 404, body: { taxCents: 327 } }, later],
  ['nothing', { answered: false, sent: true, error: new Error('reset'), retryAfterSeconds: 1 }, later],
])('the tax of an order: %s', async (_name, result, tax) => {
  expect(await taxIn({ call: async () => result }, items)).toEqual(tax)
})

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

const python = await findPython()

// Where there is no Python, tax does not run.
describe.each(python === undefined ? [] : [python])('the service tax, by %s', (program) => {
  let child: ChildProcess
  let url: string
  let port: number

  beforeAll(async () => {
    port = await freePort()
    url = `http://127.0.0.1:${port}`
    const file = fileURLToPath(new URL('../src/tax/tax.py', import.meta.url))
    child = spawn(program, [file], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    await until('it is ready', () => answers(`${url}/readyz`))
  })
  afterAll(() => {
    child.kill('SIGKILL')
  })

  const ask = async (body: string) => {
    const response = await fetch(`${url}/taxes`, { method: 'POST', body })
    return [response.status, await response.json()]
  }

  test('takes the reduced rate for books, and rounds each line', async () => {
    const book = { sku: 'book-42', totalCents: 4_998 }
    expect(await ask(JSON.stringify({ items: [book] }))).toEqual([200, { taxCents: 327 }])
    expect(await ask(JSON.stringify({ items: [book, { sku: 'mug-7', totalCents: 119 }] }))).toEqual([
      200,
      { taxCents: 346 },
    ])
  })

  test.each(['{"items', '[]', '{"items":[{"sku":"mug-7"}]}', '{"items":[{"sku":"a","totalCents":-1}]}'])(
    'refuses %s',
    async (body) => {
      expect((await ask(body))[0]).toBe(400)
    },
  )

  test('refuses a body that is too large, and goes on', async () => {
    expect((await ask(' '.repeat(20_000)))[0]).toBe(413)
    expect((await ask('{"items":[]}'))[0]).toBe(200)
  })

  test('finishes what is under way when it is told to stop', async () => {
    const body = '{"items":[{"sku":"mug-7","totalCents":119}]}'
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    const head = `host: a\r\nexpect: 100-continue\r\ncontent-length: ${body.length}`
    socket.write(`POST /taxes HTTP/1.1\r\n${head}\r\n\r\n${body.slice(0, 9)}`)
    await until('it is under way', () => answer.includes('100 Continue'))
    child.kill('SIGTERM')
    await until('it takes in no more', async () => !(await answers(`${url}/healthz`)))
    socket.write(body.slice(9))
    await until('the connection has ended', () => socket.closed)
    expect(answer).toMatch(/HTTP\/1\.1 200 [^]*"taxCents": 19/)
    await until('it has ended', () => child.exitCode !== null)
    expect(child.exitCode).toBe(0)
  })
})
