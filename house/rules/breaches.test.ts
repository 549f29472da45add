import { describe, expect, test } from 'vitest'
import { layers } from '../layers.js'
import { sourceFiles } from '../sources.js'
import { breaches } from './breaches.js'

test('ARCHITECTURE.md draws the layers that the rules hold, and every package that there is', () => {
  const files = sourceFiles()
  const text = files.find(({ path }) => path === 'ARCHITECTURE.md')?.text ?? ''
  const drawn = [...text.matchAll(/^ {4}packages\/(\w+) +level (\d)/gm)].map(([, name, level]) => [
    name,
    Number(level),
  ])
  const reserved = /^Reserved for packages to come: ([^]*?)\.$/m.exec(text)?.[1] ?? ''
  const later = reserved.split(';').flatMap((group) => {
    const [level, ...names] = group.trim().split(/[\s,]+/)
    return names.map((name) => [name, Number(level)])
  })
  expect(Object.fromEntries([...drawn, ...later])).toEqual(layers)
  const packages = files.flatMap(({ path }) => /^packages\/([^/]+)\//.exec(path)?.[1] ?? [])
  expect(new Set(drawn.map(([name]) => name))).toEqual(new Set(packages))
  // One page: what has reasons of its own stands in docs/choices.md.
  expect(text.split('\n').length).toBeLessThan(120)
})

const home = 'packages/policy/src/retry/retry.ts'
const traffic = 'packages/traffic/src/balance/round-robin.ts'
const engine = 'packages/policy/src/engine/walk.ts'
const transport = 'packages/http/src/transport/frames.ts'
const long = 'x()\n'

/** One bad repository a rule, and the words its breach must hold: a check that cannot fail is noticed here. */
const bad: readonly (readonly [rule: string, path: string, text: string, breach: RegExp])[] = [
  ['file size', home, long.repeat(401), /has 401 lines/],
  [
    'new syntax in a document',
    'packages/http/README.md',
    '```js\nawait using a = b()\n```',
    /Node 20 cannot read/,
  ],
  ['function size', home, `function f() {\n${long.repeat(70)}}`, /:1 is a function of 72 lines/],
  ['arrow size', home, `const f = () => {\n${long.repeat(70)}}`, /function of 72 lines/],
  ['file name', 'packages/policy/src/RetryPolicy.ts', '', /kebab-case/],
  ['folder name', 'packages/policy/src/utils/retry.ts', '', /named after nothing/],
  ['type collection', 'packages/policy/src/types.ts', '', /named after nothing/],
  ['class name', home, 'class RetryManager {}', /declares RetryManager/],
  ['interface name', home, 'interface IRetry {}', /declares IRetry/],
  ['layer', home, "import '@watertight/http'", /level 0 may import lower levels only/],
  ['same layer', 'packages/http/src/a.ts', "export * from '@watertight/proxy'", /level 3 may import lower/],
  ['lazy layer', home, "await import('@watertight/cli')", /level 0 may import/],
  ['client and cli', 'packages/telemetry/src/a.ts', "import '@watertight/http'", /level 1 may import lower/],
  ['unscoped layer', 'packages/proxy/src/a.ts', "import 'watertight'", /level 3 may import/],
  ['sidecar without undici', 'packages/proxy/src/a.ts', "import '@watertight/http'", /level 3 may import/],
  ['command in a console', 'packages/console/src/a.ts', "import 'watertight'", /level 5 may import/],
  ['unknown package', 'packages/novelty/src/a.ts', '', /has no place in house\/layers.ts/],
  ['node module', home, "import { hrtime } from 'node:process'", /pure code also runs in browsers/],
  ['clock', home, 'Date.now()', /uses Date: take `now`/],
  ['monotonic clock', home, 'performance.now()', /uses performance: take `now`/],
  ['timer', home, 'setTimeout(run, 1)', /uses setTimeout: ask the injected Clock/],
  ['global timer', home, 'globalThis.setInterval(run, 1)', /uses setInterval/],
  ['aliased timer', home, 'const wait = setImmediate', /uses setImmediate/],
  ['shorthand timer', home, 'const ports = { setTimeout }', /uses setTimeout/],
  ['randomness', home, 'Math.random()', /:1 uses Math.random: draw from/],
  ['quoted randomness', home, "Math['random']()", /uses Math.random/],
  ['process', home, 'process.env.A', /uses process/],
  ['universal ids', home, 'crypto.randomUUID()', /uses crypto: draw from/],
  ['clock in traffic', traffic, 'Date.now()', /uses Date: take `now`/],
  ['timer in traffic', traffic, 'setTimeout(run, 1)', /uses setTimeout: ask/],
  ['randomness in traffic', traffic, 'Math.random()', /uses Math.random: draw from/],
  ['node module in traffic', traffic, "import { METHODS } from 'node:http'", /imports node:http: pure code/],
  ['promise in traffic', traffic, 'Promise.resolve(1)', /:1 makes a promise: answer at once/],
  ['promised type in traffic', traffic, 'let a: Promise<void>', /:1 makes a promise/],
  ['async function in traffic', traffic, 'async function f() {}', /:1 makes a promise/],
  ['async arrow in traffic', traffic, 'const f = async () => 1', /:1 makes a promise/],
  ['async method in traffic', traffic, 'const o = { async f() {} }', /:1 makes a promise/],
  ['async loop in traffic', traffic, 'export {}\nfor await (const a of b);', /:2 makes a promise/],
  ['microtask in traffic', traffic, 'queueMicrotask(f)', /:1 makes a promise/],
  ['machine path', 'README.md', 'see /home/me/x', /README.md:1 holds a path of one machine/],
  ['registry host', 'docs/a.md', 'https://registry.example.org', /host of a package registry/],
  ['unfinished work', home, '// TODO: later', /unfinished work/],
  ['issue number', 'CONTRIBUTING.md', '\nfixes issue 12', /CONTRIBUTING.md:2 holds an issue number/],
  ['skipped test', 'packages/policy/src/a.test.ts', "test.skip('x')", /does not run/],
  ['hook of a shared module', 'packages/http/test/shop.ts', 'afterEach(close)', /:1 holds a hook for one/],
  ['silenced check', home, '// @ts-ignore', /a silenced check/],
  ['orphan', home, '', /imported by nothing/],
  [
    'promise in the engine',
    engine,
    'export const walk = async () => {}',
    /:1 makes a promise: answer at once/,
  ],
  [
    'promise on the way of a request',
    'packages/proxy/src/exchange/a.ts',
    'let a: Promise<void>',
    /:1 makes a promise/,
  ],
  [
    'codec that stands alone',
    'packages/proxy/src/http1/a.ts',
    "import '@watertight/policy'",
    /this folder stands alone/,
  ],
  ['clock in http', transport, 'export const frames = Date.now()', /uses Date: take `now`/],
  ['timer in http', transport, 'export const frames = setTimeout(run, 1)', /uses setTimeout: ask/],
  ['chance in http', transport, 'export const frames = Math.random()', /uses Math.random: draw/],
  [
    'system clock',
    transport,
    'export const frames = systemClock.now()',
    /uses systemClock: read the clock of/,
  ],
  ['time module in http', transport, "import 'node:timers/promises'", /imports node:timers.promises: only/],
  [
    'file named for nothing',
    'packages/policy/test/retry.ts',
    'export const breakerBlock = 1',
    /retry.ts is named for nothing that it/,
  ],
]

describe('each rule finds its breach', () => {
  test.each(bad)('%s', (_rule, path, text, breach) => {
    const entries = /imported by nothing|named for nothing/.test(breach.source) ? [] : [path]
    const found = breaches([{ path, text }], entries)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(breach)
  })

  test('import cycle', () => {
    const files = [
      { path: 'packages/policy/src/a.ts', text: "import './b.js'" },
      { path: 'packages/policy/src/b.ts', text: "export { b } from './a.js'" },
    ]
    const cycle =
      'import cycle: packages/policy/src/a.ts > packages/policy/src/b.ts > packages/policy/src/a.ts'
    expect(breaches(files, [])).toEqual([cycle])
    const typeOnly = files.map(({ path, text }) => ({
      path,
      text: text.replace('export {', 'export type {'),
    }))
    expect(breaches(typeOnly, [])).toEqual([cycle])
    const meant = files.map(({ path, text }) => ({
      path: path.replace('src/a', 'src/engine/frame').replace('src/b', 'src/engine/step'),
      text: text.replace('/b.', '/step.').replace('/a.', '/frame.').replace('{ b }', '{ step }'),
    }))
    expect(breaches(meant, [])).toEqual([])
  })

  test('an import of a file of components is followed, so that a circle of them is found', () => {
    const files = [
      { path: 'packages/console/src/a.tsx', text: "import './b.js'" },
      { path: 'packages/console/src/b.tsx', text: "export { b } from './a.js'" },
    ]
    expect(breaches(files, []).join()).toMatch(/import cycle: packages\/console\/src\/a.tsx/)
  })

  test('the words of the document listed twice', () => {
    const schema = { properties: { jitter: { enum: ['full', 'none'] }, method: { enum: ['GET', 'PUT'] } } }
    const files = [
      { path: 'packages/manifest/manifest.schema.json', text: JSON.stringify(schema) },
      { path: 'packages/manifest/src/jitter.ts', text: "export const jitter = ['none', 'full'] as const" },
      { path: 'packages/http/src/method.ts', text: "export const method = ['PUT', 'GET', 'none']" },
      { path: 'packages/policy/src/spread.ts', text: "export type Spread = 'none' | 'full' | 'some'" },
      { path: 'packages/http/src/rules.ts', text: "export const rules = oneOf('full', 'none')" },
    ]
    const entries = files.map(({ path }) => path)
    expect(breaches(files, entries)).toEqual([
      'packages/manifest/src/jitter.ts and packages/policy/src/spread.ts and packages/http/src/rules.ts each list full, none: list them in one and import them',
    ])
    expect(breaches(files.slice(0, 3), entries)).toEqual([])
  })

  test('a page that the site does not list, and one that is listed and gone', () => {
    const list = (pages: string): { path: string; text: string } => ({
      path: 'site/.vitepress/pages.mjs',
      text: `const sections = [{ pages: [${pages}] }, { pages: ['policy'].map((name) => [name]) }]`,
    })
    const pages = ['docs/a.md', 'packages/policy/README.md', 'packages/policy/api.md'].map((path) => ({
      path,
      text: '',
    }))
    expect(breaches([...pages, list("['docs/a.md', 'A'], part('policy')")], [])).toEqual([])
    expect(breaches([...pages, list("part('policy')")], [])).toEqual([
      'docs/a.md is on no page of the site: list it in site/.vitepress/pages.mjs',
    ])
    expect(breaches([...pages, list("['docs/a.md', 'A']")], []).join()).toMatch(
      /policy\/README.md is on no page/,
    )
    expect(breaches([...pages.slice(1), list("['docs/a.md', 'A'], part('policy')")], [])).toEqual([
      'site/.vitepress/pages.mjs lists docs/a.md, which does not exist',
    ])
  })

  test('a file of another package by path', () => {
    const files = [
      { path: 'packages/http/src/a.ts', text: "import '../../policy/src/b.js'" },
      { path: 'packages/policy/src/b.ts', text: '' },
    ]
    expect(breaches(files, ['packages/http/src/a.ts']).join()).toMatch(/reaches into packages\/policy/)
    const house = { path: 'house/b.ts', text: 'export const b = 1' }
    const code = { path: 'packages/http/src/a.ts', text: "import '../../../house/b.js'" }
    expect(breaches([code, house], [code.path]).join()).toMatch(/reaches into house/)
    const settings = { path: 'packages/http/rolldown.config.ts', text: "import '../../house/b.js'" }
    expect(breaches([settings, house], [])).toEqual([])
  })
})

test('lawful code is left alone', () => {
  const text = `
    import { clock } from '../clock/clock.js'
    interface Ports { setTimeout(run: () => void): void; Date: string }
    export const f = (ports: Ports) => ports.setTimeout(() => clock.process)
    export const g = { process: 1, random: Math.max(1, 2) }
  `
  const adapter = {
    path: 'packages/policy/src/clock/system-clock.ts',
    text: 'setTimeout(() => Date.now(), 1)',
  }
  const spec = { path: 'packages/policy/src/a.test.ts', text: "import 'node:fs'\nsetTimeout(() => {}, 0)" }
  expect(breaches([{ path: home, text }, adapter, spec], [home, adapter.path])).toEqual([])
})
