import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { loadProfile } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { Console, ConsolePortError, type ServicePanel, type Trace } from '../src/index.js'
import { act, afterwards, openConsole, shopFolder, shows } from './shop.js'

const CANARY = `watertight: v1
system: shop # the one on the corner
services:
  order: { versions: { stable: { port: 7001 }, canary: { port: 7002 } } }
gateway:
  listen: { port: 8080 }
  routes:
    - match: { path: /orders }
      to: order
      split: { stable: 95, canary: 5 } # carefully
      timeout: { total: 2s }
`

/** The status that answers a request with these headers. */
async function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject).end()
  })
}

test('answers neither a page of another site nor a name that was made to lead here', async () => {
  const { url } = await openConsole()
  const page = `${url}/api/snapshot`
  expect(await statusFor(page, {})).toBe(200)
  expect(await statusFor(page, { origin: url })).toBe(200)
  expect(await statusFor(page, { host: 'evil.example' })).toBe(403)
  expect(await statusFor(page, { origin: 'http://evil.example' })).toBe(403)
  expect(await statusFor(page, { 'sec-fetch-site': 'cross-site' })).toBe(403)
})

test('changes nothing for whoever has not the token', async () => {
  const opened = await openConsole()
  const body = { service: 'order' }
  const wrong = await act({ url: opened.url, token: 'guess' } as Console, 'restart', body)
  expect(wrong).toMatchObject({ status: 401, body: { ok: false, code: 'WT_CONSOLE_TOKEN' } })
  const impossible = await act(opened, 'restart', body)
  expect(impossible.body['error']).toBe('cannot restart: no document is named, so no run can be found')
  expect(impossible.status).toBe(409)
})

test('changes the share of a canary in the document, and no other letter of it', async () => {
  const file = await shopFolder(CANARY)
  const opened = await openConsole({ manifest: file })
  const weights = { stable: 80, canary: 20 }
  expect((await act(opened, 'set-canary', { route: '0', weights })).status).toBe(200)
  const expected = CANARY.replace('stable: 95, canary: 5', 'stable: 80, canary: 20')
  expect(await readFile(file, 'utf8')).toBe(expected)
  await shows(opened, ({ canaries }) =>
    expect(canaries[0]?.shares[1]).toMatchObject({ weight: 20, share: 0.2 }),
  )
  const panel = await (await fetch(`${opened.url}/api/services/gateway`)).json()
  expect(panel).toMatchObject({
    calls: [
      { to: 'order', enforcedBy: 'gateway', summary: expect.arrayContaining(['route /orders']) as unknown },
    ],
  })
  const {
    calls: [route],
  } = panel as ServicePanel
  const total = { setting: 'timeout.total', value: '2s', origin: 'watertight.yaml:11' }
  expect(route?.values).toContainEqual(total)
  const unknown = await act(opened, 'set-canary', { route: '0', weights: { beta: 1 } })
  expect(unknown.body['error']).toBe('cannot set canary: route 0 has no version beta in the document')
  expect(await readFile(file, 'utf8')).toBe(expected)
})

test('shows a system as its profile has it, with the places of both files', async () => {
  const file = await shopFolder(CANARY)
  const changed = 'services:\n  payment: {}\n  order: { calls: { payment: { timeout: { total: 3s } } } }\n'
  await writeFile(file.replace('.yaml', '.engines.yaml'), changed)
  const opened = await openConsole({ manifest: file, profile: loadProfile(file, 'engines') })
  await shows(opened, ({ edges }) =>
    expect(edges.map(({ id }) => id).sort()).toEqual(['gateway>order', 'order>payment']),
  )
  const originOf = async (service: string) => {
    const { calls } = (await (await fetch(`${opened.url}/api/services/${service}`)).json()) as ServicePanel
    return calls[0]?.values.find(({ setting }) => setting === 'timeout.total')?.origin
  }
  expect(await originOf('order')).toBe('watertight.engines.yaml:3')
  expect(await originOf('gateway')).toBe('watertight.yaml:11')
})

test('shows the traces that are sent to it, with attempts and refusals', async () => {
  const opened = await openConsole()
  const span = (spanId: string, more: object) => ({
    traceId: 'a1',
    spanId,
    name: 'POST /charges',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000050000000',
    ...more,
  })
  const spans = [
    span('1', { kind: 2 }),
    span('2', {
      kind: 3,
      parentSpanId: '1',
      attributes: [{ key: 'http.request.resend_count', value: { intValue: '1' } }],
    }),
    span('3', {
      kind: 1,
      parentSpanId: '1',
      events: [{ name: 'refusal', timeUnixNano: '1700000000010000000' }],
    }),
  ]
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'order' } }] }
  const sent = await fetch(`${opened.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  })
  expect(sent.status).toBe(200)
  await shows(opened, ({ traces }) =>
    expect(traces).toMatchObject({ value: [{ traceId: 'a1', service: 'order', retries: 1, refusals: 1 }] }),
  )
  const trace = (await (await fetch(`${opened.url}/api/traces/a1`)).json()) as Trace
  expect(trace.spans.map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ['server', null],
    ['attempt', 2],
    ['internal', null],
  ])
})

test('a source that hangs is told by its name, and holds up nothing else', async () => {
  const held: Socket[] = []
  const silent = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1')
  afterwards(async () => {
    for (const socket of held) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as { port: number }
  const file = await shopFolder(CANARY)
  const opened = await openConsole({
    manifest: file,
    admins: [`http://127.0.0.1:${port}`],
    deadlineMs: 300,
  })
  await shows(opened, ({ sources, system }) => {
    expect(system).toBe('shop')
    expect(sources).toContainEqual(
      expect.objectContaining({ state: 'failing', reason: 'it does not answer within 0.3 s' }),
    )
  })
})

test('whoever comes back to the stream is told what has changed since', async () => {
  const opened = await openConsole()
  const first = await eventsOf(opened.url, {})
  expect(first[0]).toMatch(/^event: snapshot/m)
  const id = /^id: (\d+)$/m.exec(first[0] ?? '')?.[1] ?? ''
  const [again] = await eventsOf(opened.url, { 'last-event-id': id })
  expect(again).toMatch(/^event: change/m)
  expect(again).toContain(`"after":${id}`)
})

/** The first two events of the stream. */
async function eventsOf(url: string, headers: Record<string, string>): Promise<string[]> {
  const ending = new AbortController()
  const response = await fetch(`${url}/api/live`, { headers, signal: ending.signal })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    if (text.split('\n\n').length > 2) break
  }
  ending.abort()
  return text.split('\n\n')
}

test('takes spans of any length that it does not know before, up to 4 MiB', async () => {
  const { url } = await openConsole()
  /** In parts, as exporters of OpenTelemetry send theirs. */
  const sent = async (...parts: string[]) => {
    const body = new Blob(parts).stream()
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body, duplex: 'half' })
    return [answer.status, await answer.json()]
  }
  expect(await sent('{"resourceSpans":', '[]}')).toEqual([200, {}])
  expect(await sent('{', 'no JSON')).toMatchObject([
    400,
    { error: 'cannot take spans: the body is not JSON' },
  ])
  expect(await sent(' '.repeat(4 * 1024 * 1024), '{}')).toMatchObject([
    413,
    { error: 'cannot take spans: the body must be at most 4 MiB' },
  ])
})

test('takes spans as protobuf too, plain and by gzip, and says what it takes', async () => {
  const opened = await openConsole()
  const part = (field: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.of(field * 8 + 2, bytes.length), bytes])
  const startedAt = Buffer.concat([Buffer.of(7 * 8 + 1), Buffer.alloc(8)])
  startedAt.writeBigUInt64LE(1_700_000_000_000_000_000n, 1)
  const exported = (id: number) => {
    const span = [
      part(1, Buffer.alloc(16, id)),
      part(2, Buffer.alloc(8, id)),
      part(5, Buffer.from('GET')),
      startedAt,
    ]
    return part(1, part(2, part(2, Buffer.concat(span))))
  }
  const sent = async (body: Uint8Array, headers: Record<string, string> = {}) =>
    await fetch(`${opened.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body: new Uint8Array(body),
    })
  const answer = await sent(exported(1))
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'application/x-protobuf',
    '',
  ])
  expect((await sent(gzipSync(exported(2)), { 'content-encoding': 'gzip' })).status).toBe(200)
  await shows(opened, ({ traces }) => {
    const ids = traces.known ? traces.value.map(({ traceId }) => traceId) : []
    expect(ids.sort()).toEqual(['01'.repeat(16), '02'.repeat(16)])
  })
  const refused = async (body: Uint8Array, headers?: Record<string, string>) => {
    const { status, json } = await sent(body, headers).then(async (told) => ({
      status: told.status,
      json: (await told.json()) as { readonly error: string },
    }))
    return [status, json.error.replace('cannot take spans: ', '')]
  }
  expect(await refused(exported(3).subarray(0, 20))).toEqual([400, 'the body is not protobuf of OTLP'])
  expect(await refused(exported(3), { 'content-encoding': 'gzip' })).toEqual([
    400,
    'the body is not protobuf of OTLP',
  ])
  const bomb = gzipSync(Buffer.alloc(5 * 1024 * 1024))
  expect(await refused(bomb, { 'content-encoding': 'gzip' })).toEqual([413, 'the body must be at most 4 MiB'])
  expect(await refused(exported(3), { 'content-encoding': 'zstd' })).toEqual([
    415,
    'their encoding must be gzip or none, got zstd',
  ])
  expect(await refused(exported(3), { 'content-type': 'text/plain' })).toEqual([
    415,
    'they must come as application/json or application/x-protobuf, got text/plain',
  ])
})

test('an answer of fetch in its process stays a Response', async () => {
  const { url } = await openConsole()
  expect(await fetch(`${url}/api/snapshot`)).toBeInstanceOf(Response)
})

test('a port that is taken is one plain sentence', async () => {
  const { url } = await openConsole()
  const port = Number(new URL(url).port)
  await expect(Console.open({ port })).rejects.toThrow(ConsolePortError)
  await expect(Console.open({ port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program`,
  )
})
