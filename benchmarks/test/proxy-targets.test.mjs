import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyTargets } from '../src/proxy/targets.mjs'
import { readReport } from '../src/proxy/wrk.mjs'

const report = `Running 5s test @ http://127.0.0.1:1/
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.13ms    8.13ms 109.25ms   94.99%
    Req/Sec    17.41k     4.86k   27.55k    87.50%
  Latency Distribution
     50%  812.00us
     75%    4.80ms
     90%    8.23ms
     99%    1.02s
  87705 requests in 5.08s, 19.74MB read
Requests/sec:  17254.05
Transfer/sec:      3.88MB
`

test('what wrk prints is read in its units', () => {
  assert.deepEqual(readReport(report), {
    requests: 87_705,
    requestsPerSecond: 17_254.05,
    p50Ms: 0.812,
    p99Ms: 1_020,
  })
})

test('a run in which requests failed measures nothing', () => {
  assert.throws(() => readReport(`${report}  Non-2xx or 3xx responses: 3\n`), /cannot measure/)
  assert.throws(
    () => readReport(`${report}  Socket errors: connect 0, read 4, write 0, timeout 0\n`),
    /cannot/,
  )
  assert.throws(() => readReport('unable to connect'), /cannot measure/)
})

test('targets are ratios within the run, and p99 beside that of Envoy', () => {
  const row = (name, requestsPerSecond, p99Ms) => ({ case: name, requestsPerSecond, p99Ms })
  const rows = [
    row('watertight', 30_000, 5),
    row('envoy', 15_000, 5),
    row('haproxy', 75_001, 2),
    row('http-proxy', 4_000, 90),
    row('httpxy', 10_001, 50),
  ]
  assert.deepEqual(
    proxyTargets(rows).map(({ met }) => met),
    [true, false, false, true],
  )
  assert.deepEqual(proxyTargets([rows[0]]), [])
})

test('a variant is judged beside the same one of Envoy', () => {
  const row = (name, requestsPerSecond) => ({ case: name, requestsPerSecond, p99Ms: 1 })
  const judged = (rate) =>
    proxyTargets([row('watertight, HTTP/2', rate), row('envoy, HTTP/2', 100)]).map(({ met }) => met)
  assert.deepEqual([judged(149), judged(150)], [[false], [true]])
})
