import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { AccessLog, type LoggedRequest } from './access-log.js'

const request: LoggedRequest = {
  method: 'GET',
  target: '/',
  address: '127.0.0.1',
  route: '/',
  destination: { name: 'up' },
  endpoint: 'http://127.0.0.1:1',
  attempts: 1,
  status: 200,
  bytesSent: 2,
  bytesReceived: 0,
  flags: '',
  detail: '',
}

function logged(write: (log: AccessLog) => void): { readonly bytes: Buffer; readonly lines: unknown[] } {
  const written: Buffer[] = []
  const log = new AccessLog(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk)
        done()
      },
    }),
  )
  write(log)
  log.flush()
  const bytes = Buffer.concat(written)
  const lines = bytes.toString('utf8').trimEnd().split('\n')
  return { bytes, lines: lines.map((line) => JSON.parse(line) as unknown) }
}

it('whatever stands in a name or a path, a line is JSON of ASCII and says it truly', () => {
  const odd = { route: 'café "x"\n', target: '/\u00e9\\', detail: '\u2028 \u{1f600}' }
  const { bytes, lines } = logged((log) => log.write({ ...request, ...odd }, 1))
  expect(lines).toEqual([expect.objectContaining({ route: odd.route, path: odd.target, detail: odd.detail })])
  expect(bytes.every((byte) => byte < 0x80)).toBe(true)
})

it.each([
  [0, 0],
  [0.04, 0],
  [0.05, 0.1],
  [9.96, 10],
  [12.34, 12.3],
  [3_600_000.06, 3_600_000.1],
])('%d ms are told as %d', (durationMs, told) => {
  expect(logged((log) => log.write(request, durationMs)).lines).toMatchObject([{ durationMs: told }])
})

it('names are told truly however many there are', () => {
  const routes = Array.from({ length: 2_500 }, (_, index) => `route ${index % 1_250}`)
  const { lines } = logged((log) => {
    for (const route of routes) log.write({ ...request, route }, 1)
  })
  expect(lines.map((line) => (line as { route: string }).route)).toEqual(routes)
})
