// `npm run bench -- http-server`: what the guard costs before a plain node:http server.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { median, quantile, round } from '../runner/arithmetic.mjs'
import { report, requestTable } from '../runner/print.mjs'
import { load } from './load.mjs'
import { startServer } from './server-process.mjs'
import { serverTargets } from './targets.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const roundsMin = 6
const sliceMsMin = 200
/** Slices of each process that are not counted, for its code is not optimised yet; however short the run, so long. */
const warmUpSlices = 3
const warmUpMsMin = 500
const deadline = 'x-envoy-expected-rq-timeout-ms: 3000\r\nx-request-id: 5f0c6d1e-7a34-4c1b\r\n'

const taskset = '/usr/bin/taskset'
// The load has the other core to itself, where the platform can pin a process.
if (existsSync(taskset)) spawnSync(taskset, ['-a', '-p', '-c', '1', String(process.pid)])

/** Processes of each case: one alone may have been lucky, or not, in what its engine made of it. */
const instances = 3
const cases = [
  { case: 'watertight server', file: 'watertight-server.mjs' },
  { case: 'watertight server, scopes read', file: 'scoped-server.mjs' },
  { case: 'bare server', file: 'bare-server.mjs' },
  { case: 'bare server, package loaded', file: 'loaded-server.mjs' },
].map((one) => ({ ...one, servers: [], rounds: [] }))
for (let instance = 0; instance < instances; instance += 1)
  for (const one of cases) one.servers.push(await startServer(one.file))

/** One slice of load on one server. */
async function slice(server, ms) {
  const cpuBefore = await server.cpuMicros()
  const { requests, seconds: took, latenciesMs } = await load(server.port, ms, deadline)
  const cpu = (await server.cpuMicros()) - cpuBefore
  return { requestsPerSecond: requests / took, cpuMicros: cpu / requests, latenciesMs }
}

const slices = Math.floor((seconds * 1_000) / sliceMsMin / cases.length)
const rounds = Math.max(roundsMin, slices - warmUpSlices * instances)
const sliceMs = (seconds * 1_000) / cases.length / (rounds + warmUpSlices * instances)
for (let warmUp = 0; warmUp < warmUpSlices * instances; warmUp += 1)
  for (const { servers } of cases) await slice(servers[warmUp % instances], Math.max(sliceMs, warmUpMsMin))
for (let turn = 0; turn < rounds; turn += 1) {
  const order = cases.map((_, index) => cases[(turn + index) % cases.length])
  for (const one of order) one.rounds.push(await slice(one.servers[turn % instances], sliceMs))
}
for (const { servers } of cases) for (const server of servers) server.close()

const rows = cases.map((one) => {
  const latencies = one.rounds.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b)
  return {
    case: one.case,
    requestsPerSecond: Math.round(median(one.rounds.map(({ requestsPerSecond }) => requestsPerSecond))),
    p50Ms: round(quantile(latencies, 0.5), 3),
    p99Ms: round(quantile(latencies, 0.99), 3),
    cpuMicros: round(median(one.rounds.map(({ cpuMicros }) => cpuMicros)), 2),
  }
})
const [watertight, , bare] = cases
const ratio = median(
  watertight.rounds.map(
    ({ requestsPerSecond }, index) => requestsPerSecond / bare.rounds[index].requestsPerSecond,
  ),
)
const targets = serverTargets(ratio)

const notes = [
  `Medians of ${rounds} interleaved rounds over ${instances} processes of each; every request brings a deadline and a`,
  'request id. How much of the difference is the larger heap of a process that has loaded the package, the last row shows.',
]
report(rows, targets, requestTable(notes), { json, check })
