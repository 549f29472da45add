import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { createClient, createFetch, type ResilientFetch } from '@watertight/http'
import { readManifest } from '@watertight/manifest'

// What the client does on another runtime, in a program that it runs: prints an object with what each check came to.

let flaky = 0

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://service')
  switch (pathname) {
    case '/flaky':
      response.writeHead((flaky += 1) === 1 ? 503 : 200).end('at last')
      return
    case '/down':
      response.writeHead(500).end()
      return
    case '/echo':
      response.end(`${request.method} ${await text(request)}`)
      return
    case '/gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked'))
      return
    case '/moved':
      response.writeHead(302, { location: '/hello' }).end()
      return
    case '/stream':
      for (const part of ['one ', 'two ', 'three']) response.write(part)
      response.end()
      return
    case '/cut':
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setTimeout(() => response.destroy(), 20)
      return
    case '/hang':
      return
    case '/headers':
      response.end(String(request.headers['x-envoy-attempt-count']))
      return
    default:
      response.end('hello')
  }
}

const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => 'no error',
    // A DOMException has a code that is a number, and a name that says more.
    ({ code, name }: { readonly code?: unknown; readonly name: string }) =>
      typeof code === 'string' ? code : name,
  )
const textOf = async (call: Promise<Response>): Promise<string> => await (await call).text()

type Check = (send: ResilientFetch, url: string) => Promise<unknown>

const checks: Readonly<Record<string, Check>> = {
  'an answer': (send) => textOf(send('/')),
  'another attempt after a 503': (send) => textOf(send('/flaky')),
  'a body that is text': (send) => textOf(send('/echo', { method: 'POST', body: 'text' })),
  'a body that is a stream': (send) => {
    const body = ReadableStream.from([Buffer.from('in '), Buffer.from('parts')])
    return textOf(send('/echo', { method: 'PUT', body }))
  },
  'a Request': (send, url) => textOf(send(new Request(`${url}/echo`, { method: 'PUT', body: 'request' }))),
  'an encoded answer': (send) => textOf(send('/gzip')),
  'a redirect': async (send) => {
    const response = await send('/moved')
    return `${response.redirected} ${await response.text()}`
  },
  'an answer in parts': async (send) => {
    let all = ''
    const { body } = await send('/stream')
    for await (const part of body as unknown as AsyncIterable<Uint8Array>) all += Buffer.from(part).toString()
    return all
  },
  'an answer that breaks off': (send) => codeOf(textOf(send('/cut'))),
  'a time limit': async (_send, url) => {
    const impatient = createFetch({ endpoints: url, timeout: { attemptMs: 200 }, retry: false })
    return await codeOf(impatient('/hang'))
  },
  'a caller who leaves': (send) => codeOf(send('/hang', { signal: AbortSignal.timeout(50) })),
  'nobody there': async () => {
    const nobody = createFetch({ endpoints: 'http://127.0.0.1:9', retry: false })
    return await codeOf(nobody('/'))
  },
  'a circuit that opens': async (_send, url) => {
    const failing = createFetch({ endpoints: url, retry: false, breaker: { consecutiveFailures: 2 } })
    for (let call = 0; call < 2; call++) await textOf(failing('/down'))
    return await codeOf(failing('/down'))
  },
  'what travels': (send) => textOf(send('/headers')),
  'any origin': async (_send, url) => await textOf(createFetch()(`${url}/`)),
  'a document': async (_send, url) => {
    const manifest = readManifest(
      'watertight: v1\nsystem: shop\nservices: { order: { calls: { payment: {} } }, payment: {} }\n',
      'watertight.yaml',
    )
    const client = createClient(manifest, { service: 'order', endpoints: { payment: [url] } })
    return await textOf(client['payment']!.fetch('/'))
  },
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => void check())

async function check(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = createFetch({
    endpoints: url,
    timeout: { attemptMs: 20_000 },
    retry: { attempts: 2, on: [503] },
  })
  const found: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(checks)) {
    found[name] = await one(send, url).catch((error: Error) => `${error.name}: ${error.message}`)
  }
  console.log(JSON.stringify(found))
  process.exit()
}
