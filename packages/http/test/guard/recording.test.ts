import type { ServerRecorder, ServerSpan, Telemetry } from '@watertight/telemetry'
import { createTelemetry } from '@watertight/telemetry'
import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createHealth } from '../../src/index.js'
import { currentRequest } from '../../src/scope/index.js'
import { guardedServer } from './guarded-server.js'

/** Notes what a guard records. */
function noting(span?: ServerSpan) {
  const log: unknown[][] = []
  const recorder: ServerRecorder = {
    started: () => log.push(['started']),
    finished: (route, outcome, status, _durationMs, traceId) =>
      log.push(['finished', route, outcome, status, ...(traceId === undefined ? [] : [traceId])]),
    startSpan: ({ url }) => {
      if (span !== undefined) log.push(['span', url])
      return span
    },
  }
  const telemetry: Telemetry = {
    server: () => recorder,
    destination: () => {
      throw new Error('not a client')
    },
  }
  return { log, telemetry }
}

it('tells answered, failed, refused and abandoned requests apart, and blames the service only for its own', async () => {
  using clock = virtualClock()
  clock.install()
  const { log, telemetry } = noting()
  let hanging = 0
  await using server = await guardedServer(
    ({ url }, response) => {
      if (url === '/hang') {
        hanging += 1
        return
      }
      response.statusCode = url === '/fails' ? 500 : 200
      response.end()
    },
    { telemetry, route: ({ url }) => url, bodyBytesMax: 5 },
  )
  const call = (path: string, timeoutMs: number, signal?: AbortSignal) =>
    fetch(`${server.url}${path}`, {
      headers: { 'x-envoy-expected-rq-timeout-ms': String(timeoutMs) },
      signal: signal ?? null,
    }).then(
      (response) => response.text(),
      () => 'left',
    )
  await call('/works', 5_000)
  await call('/fails', 5_000)
  await call('/works', 0)
  await (await fetch(`${server.url}/works`, { method: 'POST', body: 'too long' })).text()
  for (const passesMs of [0, 5_001]) {
    const leaving = new AbortController()
    const begun = hanging
    const left = call('/hang', 5_000, leaving.signal)
    await expect.poll(() => hanging).toBe(begun + 1)
    await clock.advance(passesMs)
    leaving.abort()
    expect(await left).toBe('left')
    await expect.poll(() => server.guard.inFlight).toBe(0)
  }
  await expect
    .poll(() => log.filter(([what]) => what === 'finished'))
    .toEqual([
      ['finished', 'GET /works', 'success', 200],
      ['finished', 'GET /fails', 'failure', 500],
      ['finished', 'GET /works', 'refused', 504],
      ['finished', 'POST /works', 'success', 413],
      ['finished', 'GET /hang', 'aborted', 0],
      ['finished', 'GET /hang', 'failure', 0],
    ])
  expect(log.filter(([what]) => what === 'started').length).toBe(6)
})

it('runs the handler within the span and within the scope, and ends the span once', async () => {
  const ends: unknown[][] = []
  let depth = 0
  const span: ServerSpan = {
    traceId: 't-1',
    run: (handler) => {
      depth += 1
      try {
        return handler()
      } finally {
        depth -= 1
      }
    },
    end: (...given) => ends.push(given),
  }
  const { log, telemetry } = noting(span)
  const seen: unknown[] = []
  await using server = await guardedServer(
    ({ url }, response, request) => {
      seen.push(depth, currentRequest() === request)
      if (url !== '/hang') response.end()
    },
    { telemetry },
  )
  await fetch(`${server.url}/hello`)
  await expect.poll(() => ends).toEqual([['GET *', 200, undefined]])
  expect(seen).toEqual([1, true])
  expect(log).toEqual([['started'], ['span', '/hello'], ['finished', 'GET *', 'success', 200, 't-1']])
  const patience = new AbortController()
  const left = fetch(`${server.url}/hang`, { signal: patience.signal }).catch(() => 'left')
  // Not before the handler has it: on a loaded machine a request may never get that far.
  await expect.poll(() => seen.length).toBe(4)
  patience.abort()
  expect(await left).toBe('left')
  await expect.poll(() => ends[1]).toEqual(['GET *', 0, expect.objectContaining({ code: 'WT_CALLER_GONE' })])
})

it('shows in the metrics of the service, which a health page serves', async () => {
  const telemetry = createTelemetry({ service: 'order' })
  const health = createHealth({ admin: { '/metrics': (accept) => telemetry.expose(accept) } })
  await using server = await guardedServer((_message, response) => response.end('hello'), {
    telemetry,
    health,
    route: () => '/hello',
  })
  await (await fetch(`${server.url}/hello`)).text()
  await expect
    .poll(async () => (await fetch(`${server.url}/metrics`)).text())
    .toMatch(/server_requests_total\{[^}]*route="GET \/hello"[^}]*\} 1/)
  const accept = 'application/openmetrics-text; version=1.0.0'
  const page = await fetch(`${server.url}/metrics`, { headers: { accept } })
  expect(page.headers.get('content-type')).toMatch('application/openmetrics-text')
})
