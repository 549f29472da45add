// `npm run bench -- proxy-idle`: what an idle connection costs, beside Envoy: each has made a request and waits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { round } from '../runner/arithmetic.mjs'
import { report } from '../runner/print.mjs'
import { proxyCases } from './cases.mjs'
import { upstreamConfiguration } from './configurations.mjs'
import { enginePath } from './engine-path.mjs'
import { startProgram } from './program.mjs'

const { json, check } = JSON.parse(process.argv[2])
const connections = 10_000
/** Opened at a time: more than a listener's queue holds would be put off by the system. */
const atOnce = 200
const settleMs = 1_500
const upstreamPort = 18_198
const folder = mkdtempSync(join(tmpdir(), 'watertight-bench-'))

if (enginePath('nginx') === undefined) {
  process.stderr.write('cannot run benchmark: nginx must be there; npm run engines installs it\n')
  process.exit(1)
}

const settle = () => new Promise((resolve) => setTimeout(resolve, settleMs))

/** A connection that has had one answer. */
function used(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.once('data', () => resolve(socket))
    socket.once('error', (error) =>
      reject(new Error(`cannot measure: ${error.message}; each side needs 11,100 open files (ulimit -n)`)),
    )
  })
}

async function open(port, count) {
  const sockets = []
  while (sockets.length < count)
    sockets.push(...(await Promise.all(Array.from({ length: atOnce }, () => used(port)))))
  return sockets
}

async function measure({ case: name, command, port }) {
  const program = await startProgram(
    0,
    ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', ...command(port).map(String)],
    port,
  )
  try {
    // What comes with the first connections is no price of the later ones.
    const first = await open(port, 1_000)
    await settle()
    const before = program.rssMb()
    const sockets = await open(port, connections)
    await settle()
    const rssMb = program.rssMb()
    for (const socket of [...first, ...sockets]) socket.destroy()
    return {
      case: name,
      idleConnections: connections,
      kbPerConnection: round(((rssMb - before) * 1_000) / connections, 1),
      rssMb: round(rssMb, 1),
    }
  } finally {
    program.stop()
  }
}

const upstreamFile = join(folder, 'upstream.conf')
writeFileSync(upstreamFile, upstreamConfiguration(folder, upstreamPort))
const upstream = await startProgram(1, [enginePath('nginx'), '-c', upstreamFile, '-p', folder], upstreamPort)
const rows = []
try {
  const where = { folder, upstream: upstreamPort }
  for (const one of proxyCases(where)) {
    const isThere = one.needs.every((name) => enginePath(name) !== undefined)
    if (isThere && ['watertight', 'envoy'].includes(one.case)) rows.push(await measure(one))
  }
} finally {
  upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

const [ours, envoy] = rows
const targets =
  envoy === undefined
    ? []
    : [
        {
          claim: 'an idle connection costs no more than in Envoy',
          measured: `${ours.kbPerConnection} KB to ${envoy.kbPerConnection} KB`,
          met: ours.kbPerConnection <= envoy.kbPerConnection,
        },
      ]
const table = {
  heading: ['case', 'idle connections', 'KB each', 'rss MB'],
  cells: (row) => [
    row.case,
    row.idleConnections.toLocaleString('en'),
    row.kbPerConnection.toFixed(1),
    row.rssMb.toFixed(1),
  ],
}
report(rows, targets, table, { json, check })
