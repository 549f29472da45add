import { describe, expect, it } from 'vitest'
import { initFromFiles as read, reasonOf } from '../../../test/init-from-files.js'

describe('a project of Compose in several files', { timeout: 60_000 }, () => {
  const base = `services:
  web: { image: shop/web, ports: ['80:80'], depends_on: [db] }
  app: { image: shop/app }
  db: { image: postgres }
`
  const later = `services:
  web: { environment: { APP_URL: 'http://app:80' } }
`

  it('is merged service by service, as docker compose -f a -f b does', async () => {
    const { manifest } = await read({ 'a.yaml': base, 'b.yaml': later })
    expect(manifest).toContain('  web:\n    description: image shop/web\n')
    expect(manifest).toContain('    port: 80\n')
    expect(manifest).toContain('      db: { policy: datastore }\n')
    expect(manifest).toContain('      app: { policy: standard }\n')
  })

  it('takes compose.override.yml beside compose.yml, and says so', async () => {
    const files = { 'compose.yml': base, 'compose.override.yml': later }
    const { manifest, notes } = await read(files, '--from', 'compose.yml')
    expect(manifest).toContain('      app: { policy: standard }\n')
    expect(notes.join()).toContain('compose.override.yml beside it is read too')
  })

  it('may take values away: !reset and !override', async () => {
    const { manifest } = await read({
      'a.yaml': base,
      'b.yaml': 'services:\n  web: { depends_on: !override [app], ports: !reset [] }\n',
    })
    expect(manifest).toContain('      app: { policy: standard }\n')
    expect(manifest).not.toContain('      db:')
    expect(manifest).not.toContain('port: 80')
  })

  it('may extend a service, of the same file or of another', async () => {
    const { manifest } = await read(
      {
        'compose.yaml': `services:
  base: { image: shop/app, ports: ['80:80'], depends_on: [db], environment: { PAY_URL: 'http://pay' } }
  web: { extends: { service: base } }
  mail: { extends: { file: other/common.yml, service: worker } }
  pay: { image: shop/pay }
  db: { image: postgres }
`,
        'other/common.yml':
          'services: { worker: { image: shop/mail, extends: root, environment: { A: "http://pay" } }, root: { expose: [9] } }\n',
      },
      '--from',
      'compose.yaml',
    )
    expect(manifest).toContain('  web:\n    description: image shop/app\n')
    expect(manifest).toMatch(/ {2}web:(\n {4}.*)*\n {6}pay: \{ policy: standard \}/)
    expect(manifest).toMatch(/ {2}mail:(\n {4}.*)*\n {4}port: 9\n/)
  })

  it('says what it cannot extend, and ends in a circle', async () => {
    const printed = await read({
      'compose.yaml':
        'services: { a: { extends: b }, b: { extends: a }, c: { extends: { file: gone.yml, service: x } }, d: { extends: nobody } }\n',
    })
    expect(reasonOf(printed, 'services.a.extends')).toContain('in a circle')
    expect(reasonOf(printed, 'services.c.extends')).toContain('no such file')
    expect(reasonOf(printed, 'services.d.extends')).toContain('no service nobody')
  })

  it('may include others', async () => {
    const { manifest } = await read(
      {
        'compose.yaml':
          'include: [pay/compose.yaml]\nservices: { web: { image: shop/web, depends_on: [pay] } }\n',
        'pay/compose.yaml': 'services: { pay: { image: shop/pay } }\n',
      },
      '--from',
      'compose.yaml',
    )
    expect(manifest).toContain('      pay: { policy: standard }\n')
    expect(manifest).toContain('    description: image shop/pay\n')
  })

  it('leaves services of profiles out that nobody asks for, and says how', async () => {
    const files = {
      'compose.yaml': `services:
  web: { image: shop/web, depends_on: [seed] }
  seed: { image: shop/seed, profiles: [tools] }
  debug: { image: shop/debug, profiles: [debug] }
`,
    }
    const without = await read(files)
    expect(without.manifest).not.toContain('  debug:')
    expect(without.manifest).toContain('  seed:')
    expect(reasonOf(without, 'services.debug')).toContain('--profile debug')
    const asked = await read(files, '--from', 'compose.yaml', '--profile', 'debug')
    expect(asked.manifest).toContain('  debug:')
  })

  it('with large anchors is read: fifty-seven services share them', async () => {
    const shared = Array.from({ length: 40 }, () => '*x').join(', ')
    const uses = Array.from({ length: 40 }, () => '*d').join(', ')
    const services = Array.from(
      { length: 57 },
      (_, index) => `  s${index}: { <<: *x, image: shop/s${index}, labels: *u }`,
    )
    const text = `x-one: &x { restart: always }\nx-many: &d [${shared}]\nx-use: &u [${uses}]\nservices:\n${services.join('\n')}\n`
    const { manifest } = await read({ 'compose.yaml': text })
    expect(manifest.match(/description: image shop\/s/g)).toHaveLength(57)
  })

  it('with merge keys without end is refused at once', async () => {
    const keys = Array.from({ length: 15_000 }, (_, index) => `k${index}: 1`).join(', ')
    const uses = Array.from({ length: 5_000 }, (_, index) => `s${index}: { <<: *x }`).join(', ')
    await expect(read({ 'compose.yaml': `x-a: &x { ${keys} }\nservices: { ${uses} }\n` })).rejects.toThrow(
      /merge keys over \d+ keys are too many/,
    )
  })

  it('of the first format has its services at the top', async () => {
    const { manifest } = await read({
      'docker-compose.yml': 'web: { image: shop/web, links: [db] }\ndb: { image: postgres }\n',
    })
    expect(manifest).toContain('      db: { policy: datastore }\n')
  })

  it('two projects in folders with a service of the same name stay apart', async () => {
    const one = 'services: { api: { image: a/api, depends_on: [db] }, db: { image: postgres } }\n'
    const files = {
      'all/a/compose.yaml': one,
      'all/b/compose.yaml': one.replaceAll('a/api', 'b/api').replaceAll('api:', 'shop:'),
    }
    const { manifest, notes } = await read(files, '--from', 'all')
    expect(manifest).toMatch(/ {2}shop:(\n {4}.*)*\n {6}db-2: \{ policy: datastore \}/)
    expect(notes.join()).toContain('There is more than one db: another one is db-2 here')
  })
})

describe('a database, a broker, a cache', () => {
  it('is known by name or port where its image is our own, and gets no policy of HTTP', async () => {
    const { manifest } = await read({
      'compose.yaml': `services:
  app: { image: shop/app, depends_on: [mysql, kafka, store, order-db, sql, smtp] }
  mysql: { build: ./mysql, ports: ['3306:3306'] }
  kafka: { build: ./kafka }
  store: { build: ./store, expose: [5432] }
  order-db: { image: shop/order-db }
  sql: { image: mcr.microsoft.com/mssql/server:2022-latest }
  smtp: { image: registry.example/mail/relay }
`,
    })
    for (const name of ['mysql', 'kafka', 'store', 'order-db', 'sql', 'smtp'])
      expect(manifest).toContain(`      ${name}: { policy: datastore }\n`)
  })

  it('is not what only talks to one', async () => {
    const names = [
      'kafka-ui',
      'mongo-express',
      'redis-exporter',
      'db-migrate',
      'postgres-backup',
      'catalog-api',
    ]
    const services = names.map((name) => `  ${name}: { build: ./x, expose: [8080] }`).join('\n')
    const { manifest } = await read({
      'compose.yaml': `services:\n  app: { image: shop/app, depends_on: [${names.join(', ')}] }\n${services}\n`,
    })
    expect(manifest).not.toContain('policy: datastore')
  })
})
