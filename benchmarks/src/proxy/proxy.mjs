// `npm run bench -- proxy`: requests per second through the gateway, beside Envoy, HAProxy, nginx and Node's proxies.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, round } from '../runner/arithmetic.mjs'
import { report } from '../runner/print.mjs'
import { proxyCases } from './cases.mjs'
import { issueCertificates } from './certificates.mjs'
import { upstreamConfiguration } from './configurations.mjs'
import { enginePath } from './engine-path.mjs'
import { startProgram } from './program.mjs'
import { proxyTargets } from './targets.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const turns = 2
const warmUpSeconds = 2
const http2Port = 18_197
const upstreamPort = 18_198
const privatePort = 18_199
const folder = mkdtempSync(join(tmpdir(), 'watertight-bench-'))

/** Engines that are not there are left out, and said so: the targets that need them are not judged. */
const missing = ['nginx', 'haproxy', 'envoy', 'wrk', 'h2load'].filter(
  (name) => enginePath(name) === undefined,
)
if (missing.includes('wrk') || missing.includes('nginx')) {
  process.stderr.write('cannot run benchmark: wrk and nginx must be there; npm run engines installs them\n')
  process.exit(1)
}

const certificates = await issueCertificates(folder)
const wanted = process.env.WATERTIGHT_BENCH_CASES?.split(';')
const upstreams = { upstream: upstreamPort, privateUpstream: privatePort, http2Upstream: http2Port }
const cases = proxyCases({ folder, ...upstreams, certificates })
  .filter(({ needs }) => needs.every((name) => !missing.includes(name)))
  .filter((one) => wanted?.includes(one.case) ?? true)
  .map((one) => ({ ...one, turns: [] }))

/** One turn of one proxy, alone on its core. */
async function takeTurn(one, forSeconds) {
  const program = await startProgram(0, one.command(one.port).map(String), one.port)
  try {
    await one.load(one.port, warmUpSeconds, folder)
    const before = program.cpuSeconds()
    const measured = await one.load(one.port, forSeconds, folder)
    const cpu = program.cpuSeconds() - before
    one.turns.push({
      ...measured,
      cpuSecondsPer1kRequests: (cpu / measured.requests) * 1_000,
      rssMb: program.rssMb(),
    })
  } finally {
    program.stop()
  }
}

const upstreamFile = join(folder, 'upstream.conf')
writeFileSync(
  upstreamFile,
  upstreamConfiguration(folder, upstreamPort, { tlsPort: privatePort, certificates, http2Port }),
)
const upstream = await startProgram(1, [enginePath('nginx'), '-c', upstreamFile, '-p', folder], upstreamPort)
try {
  const forSeconds = Math.max(2, Math.round(seconds / cases.length / turns))
  for (let index = 0; index < turns; index += 1) for (const one of cases) await takeTurn(one, forSeconds)
} finally {
  upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

const rows = cases.map((one) => {
  const of = (name) => median(one.turns.map((turn) => turn[name]))
  return {
    case: one.case,
    requestsPerSecond: Math.round(of('requestsPerSecond')),
    p50Ms: round(of('p50Ms'), 3),
    p99Ms: round(of('p99Ms'), 3),
    cpuSecondsPer1kRequests: round(of('cpuSecondsPer1kRequests'), 4),
    rssMb: round(of('rssMb'), 1),
  }
})
const notes = [
  `Each proxy alone on one core, wrk or h2load (64 requests at once) and the upstream on the other; ${turns} turns each.`,
  ...(missing.length === 0 ? [] : [`Not here, and left out: ${missing.join(', ')}.`]),
]
const table = {
  heading: ['case', 'requests/s', 'p50 ms', 'p99 ms', 'cpu s/1k', 'rss MB'],
  cells: (row) => [
    row.case,
    row.requestsPerSecond.toLocaleString('en'),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.cpuSecondsPer1kRequests.toFixed(4),
    row.rssMb.toFixed(1),
  ],
  notes,
}
report(rows, proxyTargets(rows), table, { json, check })
