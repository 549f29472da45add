import { describe, expect, it } from 'vitest'
import { initFromFiles as read, reasonOf } from '../../../test/init-from-files.js'
import { inFolder, watertight } from '../../../test/run-process.js'

const workload = (name: string, more = '', container = 'image: x', kind = 'Deployment') =>
  `kind: ${kind}\nmetadata: { name: ${name}, ${more} }\nspec: { template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ ${container} }] } } }\n`

describe('calls', () => {
  it.each([
    ['ADO.NET', 'CONN', 'Server=db;Port=5432;Database=x'],
    ['ADO.NET with a port', 'CONN', 'Data Source=tcp:db,1433;Initial Catalog=x'],
    ['Go', 'DSN', 'u:p@tcp(db:3306)/x'],
    ['libpq', 'DSN', 'host=db port=5432 dbname=x'],
    ['JDBC', 'X', 'jdbc:postgresql://db:5432/x'],
    ['Oracle', 'X', 'jdbc:oracle:thin:@db:1521/x'],
    ['several hosts of one URL', 'X', 'mongodb://u:p@other:1,db:2/x?replicaSet=a'],
    ['a bare host by the name of its variable', 'DB_URL', 'db'],
    ['Kafka', 'X', 'PLAINTEXT://db:9092'],
    ['a resolver of gRPC', 'X', 'dns:///db:50051'],
    ['a variable of Kubernetes', 'X', '$$(DB_SERVICE_HOST):80'],
  ])('are found in a connection string of %s', async (_, name, value) => {
    const text = `services:\n  a: { image: shop/a, environment: { ${name}: '${value}' } }\n  db: { image: postgres }\n`
    expect((await read({ 'compose.yaml': text })).manifest).toContain('      db: { policy: datastore }\n')
  })

  it.each([
    ['args', `image: x, args: ["--pay=http://pay"]`, ''],
    ['a command', `image: x, command: [run, --pay-host, pay]`, ''],
    [
      'a Secret with stringData',
      `image: x, envFrom: [{ secretRef: { name: s } }]`,
      `kind: Secret\nmetadata: { name: s }\nstringData: { URL: 'http://pay' }\n`,
    ],
    [
      'a Secret in base64',
      `image: x, env: [{ name: URL, valueFrom: { secretKeyRef: { name: s, key: u } } }]`,
      `kind: Secret\nmetadata: { name: s }\ndata: { u: ${Buffer.from('http://pay').toString('base64')} }\n`,
    ],
    [
      'variables of the same container',
      `image: x, env: [{ name: H, value: pay }, { name: U, value: 'http://$(H):80' }]`,
      '',
    ],
  ])('of Kubernetes are found in %s', async (_, container, more) => {
    const text = [workload('a', '', container), workload('pay'), ...(more === '' ? [] : [more])].join('---\n')
    expect((await read({ 'all.yaml': text })).manifest).toContain('      pay: { policy: standard }\n')
  })

  it('are found in a file that a pod mounts', async () => {
    const text = `${workload('pay')}---
kind: ConfigMap
metadata: { name: c }
data: { config.yml: "payment:\\n  url: http://pay:80\\n" }
---
kind: Deployment
metadata: { name: a }
spec: { template: { spec: { containers: [{ image: x }], volumes: [{ configMap: { name: c } }] } } }
`
    expect((await read({ 'all.yaml': text })).manifest).toContain('      pay: { policy: standard }\n')
  })

  it('of Compose are found in a command', async () => {
    const text = 'services:\n  a: { image: x, command: serve --pay http://pay:80 }\n  pay: { image: y }\n'
    expect((await read({ 'compose.yaml': text })).manifest).toContain('      pay: { policy: standard }\n')
  })

  it('that are not there at all are said loudly', async () => {
    const { manifest, notes } = await read({
      'compose.yaml': 'services: { a: { image: x }, b: { image: y } }\n',
    })
    expect(notes[0]).toMatch(/^NO CALLS WERE FOUND/)
    expect(manifest.split('\n')[0]).toMatch(/^# NO CALLS WERE FOUND/)
  })
})

it('few calls among many services are said loudly too', async () => {
  const others = Array.from({ length: 8 }, (_, index) => `  s${index}: { image: x }`).join('\n')
  const text = `services:\n  a: { image: x, depends_on: [s0] }\n${others}\n`
  expect((await read({ 'compose.yaml': text })).notes[0]).toMatch(/^ONLY 1 CALL WAS FOUND among 9 services/)
})

describe('folders and templates', { timeout: 60_000 }, () => {
  it('reads subfolders, and leaves those of tools alone', async () => {
    const files = {
      'deploy/a/one.yaml': workload('one'),
      'deploy/b/c/two.yml': workload('two'),
      'deploy/node_modules/x/three.yaml': workload('three'),
    }
    const { manifest } = await read(files, '--from', 'deploy')
    expect(manifest).toContain('  one:')
    expect(manifest).toContain('  two:')
    expect(manifest).not.toContain('  three:')
  })

  it.each([
    ['a name without quotes', 'kind: Deployment\nmetadata: { name: {{ .Values.name }} }\n'],
    ['a name in quotes', 'kind: Deployment\nmetadata: { name: "{{ .Values.name }}" }\n'],
    ['a condition', '{{- if .Values.on }}\nkind: Deployment\n{{- end }}\n'],
  ])('gives the hint for a template of Helm with %s, and no foreign warning', async (_, text) => {
    await inFolder({ 'x.yaml': text }, async (cwd) => {
      const { code, err } = await watertight(['init', '--from', 'x.yaml'], { cwd })
      expect(code).toBe(3)
      expect(err).toContain('a Helm template? helm template CHART | watertight init --from -')
      expect(err).not.toMatch(/Warning|mapAsMap/)
    })
  })

  it('gives it for a folder in which there are templates alone', async () => {
    await inFolder({ 'd/b.yaml': 'kind: Deployment\nmetadata: { name: {{ .x }} }\n' }, async (cwd) => {
      const { code, err } = await watertight(['init', '--from', 'd'], { cwd })
      expect(code).toBe(3)
      expect(err).toContain('templates of Helm are in it: helm template CHART')
    })
  })

  it('leaves a template of a folder out, and says so', async () => {
    const files = {
      'd/a.yaml': workload('a'),
      'd/templates/b.yaml': 'kind: Deployment\nmetadata: { name: {{ .x }} }\n',
    }
    const printed = await read(files, '--from', 'd')
    expect(printed.manifest).toContain('  a:')
    expect(reasonOf(printed, 'templates/b.yaml')).toContain('a template of Helm is not read')
  })
})

describe('the report of what is not used', () => {
  it('names each key once, with its count, and no key that is used', async () => {
    const printed = await read({
      'compose.yaml': `services:
  a: { image: x, volumes: [v:/v], restart: always, networks: [n], depends_on: [b] }
  b: { image: y, volumes: [v:/v], mem_limit: 1g, healthcheck: { test: [CMD, check], interval: 1s }, imagee: z }
  c: { image: postgres, healthcheck: { test: pg_isready } }
  d: { image: z, healthcheck: { test: 'curl localhost/up' } }
volumes: { v: {} }
`,
    })
    expect(printed.unused.find(({ path }) => path === 'services.a.volumes')).toMatchObject({ count: 2 })
    expect(reasonOf(printed, 'services.b.mem_limit')).toContain('capacity')
    expect(reasonOf(printed, 'services.b.healthcheck.test')).toContain('it asks by a command')
    expect(reasonOf(printed, 'services.c.healthcheck.test')).toContain('nothing to do')
    expect(printed.unused.map(({ path }) => path)).not.toContain('services.d.healthcheck.test')
    expect(reasonOf(printed, 'services.b.imagee')).toContain('not known here')
    expect(printed.unused.map(({ path }) => path).join()).not.toMatch(/\.(image|depends_on)\b/)
    expect(printed.manifest).toContain('# Not in this manifest:\n')
  })

  it('names objects of Kubernetes that are not read, and what reads them', async () => {
    const text = `${workload('a')}---\nkind: Ingress\nmetadata: { name: i }\n---\nkind: CronJob\nmetadata: { name: j }\n---\nkind: VirtualService\nmetadata: { name: v }\n---\nkind: Strange\nmetadata: { name: s }\n`
    const printed = await read({ 'all.yaml': text })
    expect(reasonOf(printed, 'Ingress/i')).toContain('gateway.routes')
    expect(reasonOf(printed, 'CronJob/j')).toContain('a job ends')
    expect(reasonOf(printed, 'VirtualService/v')).toContain('watertight import istio')
    expect(reasonOf(printed, 'Strange/s')).toContain('not read')
  })
})
