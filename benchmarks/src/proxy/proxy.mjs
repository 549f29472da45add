// `npm run bench -- proxy`: requests per second through the gateway, beside Envoy, HAProxy, nginx and Node's proxies.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, round } from '../runner/arithmetic.mjs'
import { report } from '../runner/print.mjs'
import {
  envoyConfiguration,
  haproxyConfiguration,
  nginxConfiguration,
  upstreamConfiguration,
  watertightManifest,
} from './configurations.mjs'
import { enginePath } from './engine-path.mjs'
import { startProgram } from './program.mjs'
import { proxyTargets } from './targets.mjs'
import { wrk } from './wrk.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const turns = 2
const firstPort = 18_200
const upstreamPort = 18_199
const folder = mkdtempSync(join(tmpdir(), 'watertight-bench-'))

/** Engines that are not there are left out, and said so: the targets that need them are not judged. */
const engines = ['nginx', 'haproxy', 'envoy', 'wrk']
const missing = engines.filter((name) => enginePath(name) === undefined)
if (missing.includes('wrk') || missing.includes('nginx')) {
  process.stderr.write('cannot run benchmark: wrk and nginx must be there; npm run engines installs them\n')
  process.exit(1)
}

const peer = (name) => ({
  case: name,
  command: (port) => [
    process.execPath,
    script(`peers/${name.replace('@', '').replace('/', '-')}.mjs`),
    port,
    upstreamPort,
  ],
})
const script = (path) => fileURLToPath(new URL(path, import.meta.url))
const command = script('../../../packages/cli/dist/main.js')
const engine = (name, configuration, words) => ({
  case: name,
  command: (port) => [enginePath(name), ...words(configured(name, configuration, port))],
})

const cases = [
  {
    case: 'watertight',
    command: (port) => {
      const manifest = configured('watertight.yaml', watertightManifest, port)
      return [
        process.execPath,
        command,
        'proxy',
        '--manifest',
        manifest,
        '--gateway',
        '--workers',
        '1',
        '--access-log',
      ]
    },
  },
  engine('envoy', envoyConfiguration, (file) => [
    '-c',
    file,
    '--concurrency',
    '1',
    '--log-level',
    'off',
    '--use-dynamic-base-id',
  ]),
  engine('haproxy', haproxyConfiguration, (file) => ['-f', file]),
  engine('nginx', nginxConfiguration, (file) => ['-c', file, '-p', folder]),
  ...['http-proxy', 'httpxy', 'fast-proxy', '@fastify/http-proxy'].map(peer),
]
  .filter((one) => !missing.includes(one.case))
  .filter((one) => process.env.WATERTIGHT_BENCH_CASES?.split(' ').includes(one.case) ?? true)
  .map((one, index) => ({ ...one, port: firstPort + index, turns: [] }))

function configured(name, configuration, port) {
  const file = join(folder, name.endsWith('.yaml') ? name : `${name}.conf`)
  writeFileSync(file, configuration(folder, port, upstreamPort))
  return file
}

/** One turn of one proxy, alone on its core. */
async function takeTurn(one, forSeconds) {
  const program = await startProgram(0, one.command(one.port).map(String), one.port)
  try {
    await wrk(one.port, 2)
    const before = program.cpuSeconds()
    const measured = await wrk(one.port, forSeconds)
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

const upstream = await startProgram(
  1,
  [enginePath('nginx'), '-c', configured('upstream', upstreamConfiguration, upstreamPort), '-p', folder],
  upstreamPort,
)
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
  `Each proxy alone on one core, wrk (64 connections) and the upstream on the other; ${turns} turns of each.`,
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
