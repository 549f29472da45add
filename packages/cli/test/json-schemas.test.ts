import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { outputSchema, outputSchemas } from '../src/schema/output-schemas.js'
import { inFolder } from './run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

const RESILIENCE4J = 'resilience4j.retry:\n  instances:\n    payment:\n      maxAttempts: 3\n'

/** Says where its services are. */
const RUNNING = GOOD_MANIFEST.replace('payment: {}', 'payment: { port: 7001 }')
  .replace('stock: {}', 'stock: { port: 7002 }')
  .replace('system: shop', 'system: shop\nenforce: sidecar')

const WITH_DATA = `watertight: v1
system: a
services: { order: { publishes: [placed] }, stock: { consumes: [placed] } }
sagas: { place: { service: order, steps: [{ name: b, service: stock }] } }
`

/** Two calls lack what one change gives both: one finding has two places. */
const WITH_ONE_CAUSE = `watertight: v1
system: a
policies: { p: { timeout: { total: 3s }, bulkhead: {} } }
services: { a: { calls: { b: { policy: p }, c: { policy: p } } }, b: {}, c: {} }
`

/** These have no `--json`: one prints the help, the others run until they are told to end. */
const WITHOUT_JSON: Readonly<Record<string, readonly string[]>> = {
  help: [],
  proxy: [],
  store: [],
  engine: ['redis', 'data', '--port', '1'],
}

/** One run a shape that a command's JSON can take: the words, and what stands in watertight.yaml. */
const runs: readonly (readonly [command: string, words: readonly string[], manifest: string])[] = [
  ['check', [], GOOD_MANIFEST],
  ['check', [], BAD_MANIFEST],
  ['check', [], 'kind: Deployment\n'],
  ['check', [], `${GOOD_MANIFEST}findings: { WT-PRACTICE-NO-CHAOS: { severity: off, reason: later } }\n`],
  ['check', [], WITH_ONE_CAUSE],
  ['check', ['nothing.yaml'], GOOD_MANIFEST],
  ['explain', ['order', 'payment'], GOOD_MANIFEST],
  [
    'explain',
    ['order', 'payment'],
    'watertight: v1\nsystem: a\nservices: { order: { calls: { payment: {} } }, payment: {} }\n',
  ],
  ['explain', ['order', 'paymnt'], GOOD_MANIFEST],
  [
    'explain',
    ['gateway', '/a'],
    'watertight: v1\nsystem: a\nservices: { order: {} }\ngateway: { routes: [{ match: { path: /a }, to: order, mirror: { to: order } }] }\n',
  ],
  ['explain', ['saga', 'place'], WITH_DATA],
  ['explain', ['event', 'placed'], WITH_DATA],
  ['explain', ['WT-RETRY-NO-JITTER'], GOOD_MANIFEST],
  ['graph', [], GOOD_MANIFEST],
  ['graph', [], WITH_DATA],
  ['graph', [], BAD_MANIFEST],
  ['doctor', [], GOOD_MANIFEST],
  ['doctor', [], BAD_MANIFEST],
  ['init', ['--output', 'new.yaml'], GOOD_MANIFEST],
  ['init', ['--dry-run'], GOOD_MANIFEST],
  ['init', [], GOOD_MANIFEST],
  ['import', ['resilience4j', 'application.yml'], GOOD_MANIFEST],
  ['compile', ['--target', 'envoy', '--sidecar', 'order', '--out', 'envoy'], RUNNING],
  ['compile', ['--target', 'envoy', '--sidecar', 'order', '--out', 'envoy', '--strict'], RUNNING],
  ['compile', ['--target', 'envoy', '--gateway', '--out', 'envoy'], RUNNING],
  ['compile', ['--target', 'prometheus', '--out', 'monitoring'], RUNNING],
  ['compile', ['--target', 'grafana', '--out', 'monitoring'], RUNNING],
  ['certs', ['init'], GOOD_MANIFEST],
  ['certs', ['issue'], GOOD_MANIFEST],
  ['migrate', ['status', '--store', 'pglite:memory'], GOOD_MANIFEST],
  ['events', ['tail', '--store', 'pglite:nowhere'], GOOD_MANIFEST],
  ['saga', ['list', '--status', 'gone'], GOOD_MANIFEST],
  ['up', [], GOOD_MANIFEST],
  ['console', ['--port', 'five'], GOOD_MANIFEST],
  ['status', [], GOOD_MANIFEST],
  ['top', [], GOOD_MANIFEST],
  ['drill', ['slow'], GOOD_MANIFEST],
  ['drill', [], `${GOOD_MANIFEST}drills: { slow: { every: 30d, story: slow, target: payment } }\n`],
  ['drill', ['--history'], GOOD_MANIFEST],
  ['tap', ['order'], GOOD_MANIFEST],
  ['logs', [], GOOD_MANIFEST],
  ['restart', ['order'], GOOD_MANIFEST],
  ['scale', ['order', '2'], GOOD_MANIFEST],
  ['stop', [], GOOD_MANIFEST],
  ['types', [], GOOD_MANIFEST],
  ['types', ['--check'], GOOD_MANIFEST],
  ['completion', ['bash'], GOOD_MANIFEST],
  ['completion', ['zsh'], GOOD_MANIFEST],
  ['completion', ['fish'], GOOD_MANIFEST],
  ['schema', [], GOOD_MANIFEST],
  ['schema', ['--for', 'check'], GOOD_MANIFEST],
]

function breachesOf(command: string, out: string): unknown {
  const matches = new Ajv({ strict: true, allErrors: true }).compile(
    JSON.parse(outputSchema(command)) as object,
  )
  matches(JSON.parse(out))
  return matches.errors ?? []
}

describe('the JSON of', () => {
  it.each(runs)('%s %j keeps to its published schema', async (command, words, manifest) => {
    await inFolder({ 'watertight.yaml': manifest, 'application.yml': RESILIENCE4J }, async (cwd) => {
      const { out } = await watertightHere([command, ...words, '--json'], { cwd })
      expect(breachesOf(command, out)).toEqual([])
    })
  })

  it('certs keeps to its published schema once there are certificates', async () => {
    await inFolder({ 'watertight.yaml': GOOD_MANIFEST }, async (cwd) => {
      await watertightHere(['certs', 'init'], { cwd })
      for (const words of [['issue', 'order'], ['rotate'], ['rotate', '--all', '--authority'], ['list']]) {
        const { code, out } = await watertightHere(['certs', ...words, '--json'], { cwd })
        expect({ words, code, breaches: breachesOf('certs', out) }).toEqual({ words, code: 0, breaches: [] })
      }
    })
  })

  it('every command has a schema that is held against it', async () => {
    const { out } = await watertightHere(['--help'], { cwd: '.' })
    const commands = [...(/\nCommands:\n([^]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => !(name in WITHOUT_JSON))
    expect(outputSchemas()).toEqual(commands.sort())
    expect(new Set(commands)).toEqual(new Set(runs.map(([command]) => command)))
  })

  it.each(Object.entries(WITHOUT_JSON))('%s is none', async (command, words) => {
    const { code, err } = await watertightHere([command, ...words, '--json'], { cwd: '.' })
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--json') as string })
  })
})
