import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest } from '@watertight/manifest'
import { expect, onTestFinished, test } from 'vitest'
import type { CommandError } from '../program/command-error.js'
import type { Terminal } from '../program/terminal.js'
import { readLoadPlan, readRate } from './read-load.js'

const { system } = readManifest(
  'watertight: v1\nsystem: s\nservices: { order: {} }\ngateway: { listen: { port: 8080 }, routes: [{ match: { path: /a }, to: order }] }\n',
  'watertight.yaml',
)

/** The plan of what was given, with these files at hand. */
async function planOf(given: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'load-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  if (system === undefined) throw new Error('it cannot be read')
  return await readLoadPlan(given, system.model, { cwd } as Terminal)
}

const first = async (given: string, files?: Readonly<Record<string, string>>) =>
  (await planOf([given], files)).requestOf(0)

test('rates are per second or per minute', () => {
  expect([readRate('50/s'), readRate('50'), readRate('300/m'), readRate('0.5/s')]).toEqual([50, 50, 5, 0.5])
  for (const wrong of ['', '0', '-1', '50/h', '1e3', '50 /s', '20001'])
    expect(() => readRate(wrong)).toThrow(
      `--load must be a rate such as 50/s or 300/m, up to 20000/s, got ${wrong}`,
    )
})

test('a request is its method, path and body; a path alone is a GET, and with a body a POST', async () => {
  expect(await first('/a')).toEqual({ method: 'GET', path: '/a' })
  expect(await first('delete /a/1?b=c')).toEqual({ method: 'DELETE', path: '/a/1?b=c' })
  expect(await first('POST /a {"b": "c d"}')).toEqual({
    method: 'POST',
    path: '/a',
    body: '{"b": "c d"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(await first('/a some words')).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
  })
  const several = await planOf(['/a', 'POST /b'])
  expect([several.requestOf(1), several.requestOf(2).path, several.shown]).toEqual([
    { method: 'POST', path: '/b' },
    '/a',
    ['GET /a', 'POST /b'],
  ])
})

test('without a request, the document says what can be asked', async () => {
  expect((await planOf([])).shown).toEqual(['GET /a'])
})

test('a file has a list of requests, or makes them', async () => {
  const list = '[{ "path": "/a" }, { "path": "/b", "body": { "n": 1 }, "headers": { "x-key": "k" } }]'
  const plan = await planOf(['load.json'], { 'load.json': list })
  expect([plan.requestOf(0), plan.requestOf(3)]).toEqual([
    { method: 'GET', path: '/a', headers: {} },
    {
      method: 'POST',
      path: '/b',
      body: '{"n":1}',
      headers: { 'content-type': 'application/json', 'x-key': 'k' },
    },
  ])
  const made = 'export default (number) => ({ path: `/a/${number}` })\n'
  const making = await planOf(['load.mjs'], { 'load.mjs': made })
  expect([making.requestOf(7).path, making.shown]).toEqual(['/a/7', ['what load.mjs makes']])
})

test.each<[given: readonly string[], file: string, said: string]>([
  [
    ['GETT /a'],
    '',
    'cannot send load: --load-request must begin with a method, got GETT (did you mean GET?)',
  ],
  [['order.json'], '', 'cannot send load: cannot read order.json: there is no such file'],
  [['/a', 'load.json'], '[]', 'cannot send load: --load-request must be one file, or one request or more'],
  [
    ['load.json'],
    '[]',
    'cannot send load: load.json must hold a list of requests, or a function that makes them',
  ],
  [
    ['load.json'],
    '[{ "path": "a" }]',
    'path of request 1 of load.json must be text that begins with /, got "a"',
  ],
  [['load.json'], '[{ "pth": "/a" }]', 'request 1 of load.json has an unknown key pth: did you mean path?'],
  [
    ['load.json'],
    '[{ "path": "/a", "method": "get" }]',
    'method of request 1 of load.json must be one of GET,',
  ],
  [
    ['load.json'],
    '[{ "path": "/a", "headers": ["x"] }]',
    'headers of request 1 of load.json must be an object of',
  ],
  [['load.json'], '[', 'cannot read load.json: '],
])('what is wrong with %j is said before anything starts', async (given, file, said) => {
  const error = await planOf(given, { 'load.json': file }).then(
    () => undefined,
    (caught: unknown) => caught as CommandError,
  )
  expect(`${error?.message} (${error?.hint ?? ''})`).toContain(said)
})

test('the module and the drill of the guide are what they are said to be', async () => {
  const page = readFileSync(
    new URL('../../../../docs/how-to/load-watch-and-drill.md', import.meta.url),
    'utf8',
  )
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? ''
  const plan = await planOf(['load.mjs'], { 'load.mjs': block('js') })
  expect(plan.requestOf(51)).toEqual({
    method: 'POST',
    path: '/orders',
    body: '{"customer":"c-1","sku":"book-42"}',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'load-51' },
  })
  const document = `watertight: v1\nsystem: s\nservices: { payment: {} }\n${block('yaml')}`
  expect(readManifest(document, 'watertight.yaml').problems).toEqual([])
})
