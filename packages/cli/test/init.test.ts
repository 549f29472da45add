import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inFolder, watertight } from './run-process.js'
import { watertightHere } from './watertight-here.js'

const COMPOSE = `name: shop
services:
  order: { image: "shop/order", depends_on: [payment], ports: ["7001:80"] }
  payment: { image: "shop/payment", environment: { BACK: "http://order:80" } }
`
const KUBERNETES = `apiVersion: apps/v1
kind: Deployment
metadata: { name: stock }
spec: { replicas: 2, template: { spec: { containers: [{ name: stock, image: stock }] } } }
---
apiVersion: v1
kind: List
items: []
`

/** A few hundred bytes that would be billions of values. */
function bomb(): string {
  const levels = 'bcdefghij'.split('').map((name, index) => {
    const before = 'abcdefghi'[index] ?? 'a'
    return `${name}: &${name} [${`*${before}, `.repeat(9)}*${before}]`
  })
  return `a: &a [1, 2, 3]\n${levels.join('\n')}\n`
}

it('writes an example that check finds no error in, asking nothing when nobody can answer', async () => {
  await inFolder({}, async (cwd) => {
    const { code, out } = await watertight(['init'], { cwd })
    expect(code).toBe(0)
    expect(out).toContain('wrote watertight.yaml: 2 services, 1 call')
    expect(await watertight(['check', '--strict'], { cwd })).toMatchObject({ code: 0 })
  })
})

it('reads Compose files and folders of Kubernetes objects', async () => {
  await inFolder({ 'compose.yaml': COMPOSE, 'deploy/stock.yaml': KUBERNETES }, async (cwd) => {
    const ended = await watertightHere(['init', '--from', 'compose.yaml', '--from', 'deploy'], { cwd })
    expect(ended).toMatchObject({ code: 0, err: '' })
    const text = readFileSync(join(cwd, 'watertight.yaml'), 'utf8')
    expect(text).toContain('system: shop\n')
    expect(text).toContain('      # order: left out, as it calls back to payment')
    expect(text).toContain('  stock:\n    description: image stock\n')
    expect(await watertightHere(['check'], { cwd })).toMatchObject({ code: 0 })
  })
})

it('reads standard input, and prints instead of writing with --dry-run', async () => {
  await inFolder({}, async (cwd) => {
    const { out } = await watertightHere(['init', '--from', '-', '--dry-run'], { cwd, input: COMPOSE })
    expect(out).toContain('watertight: v1\nsystem: shop\n')
    expect(readdirSync(cwd)).toEqual([])
  })
})

it('replaces no file without --force', async () => {
  await inFolder({ 'watertight.yaml': 'mine' }, async (cwd) => {
    const { code, err } = await watertightHere(['init'], { cwd })
    expect(code).toBe(2)
    expect(err).toContain('it is there already\n  --force replaces it')
    expect(readFileSync(join(cwd, 'watertight.yaml'), 'utf8')).toBe('mine')
    expect(await watertightHere(['init', '--force'], { cwd })).toMatchObject({ code: 0 })
  })
})

it.each([
  ['a file without services', 'a: 1\n', 'no service of Compose and no Deployment of Kubernetes in it'],
  ['broken YAML, by line', 'services: {\n', 'at line 2, column 1'],
  [
    'a template',
    'kind: {{ .Values.kind }}\nspec: {{ x }} y\n',
    'helm template CHART | watertight init --from -',
  ],
  ['nesting without an end', '['.repeat(100_000), 'cannot read x.yaml: '],
  ['aliases that stand for too much', bomb(), 'aliases may stand for at most'],
])('refuses %s and writes nothing', async (_name, text, message) => {
  await inFolder({ 'x.yaml': text }, async (cwd) => {
    const { code, err } = await watertightHere(['init', '--from', 'x.yaml'], { cwd })
    expect(code).toBe(3)
    expect(err).toContain(message)
    expect(readdirSync(cwd)).toEqual(['x.yaml'])
  })
})

it.each([
  [['watertight', '@watertight/manifest'], 'watertight'],
  [['@watertight/manifest'], '@watertight/manifest'],
])('names the schema for editors where one of %j has it', async (installed, named) => {
  const path = (name: string): string => `node_modules/${name}/manifest.schema.json`
  const files = Object.fromEntries(installed.map((name) => [path(name), '{}']))
  await inFolder(files, async (cwd) => {
    const { out } = await watertightHere(['init', '--json', '--dry-run'], { cwd })
    const { manifest } = JSON.parse(out) as { manifest: string }
    expect(manifest.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${path(named)}`)
  })
})
