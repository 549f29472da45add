import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { declarations, readManifest } from '@watertight/manifest'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'watertight-types-'))

const manifest = `watertight: v1
system: shop
services:
  order:
    calls:
      payment: { operations: { "POST /charges": {}, "GET /charges/{id}": {} } }
      loyalty: {}
  payment: {}
  loyalty: {}
`

const start = `import { createClient } from '@watertight/http'
declare const model: Parameters<typeof createClient>[0]
const endpoints = (): readonly string[] => ['http://127.0.0.1:7003']
const client = createClient(model, { service: 'order', endpoints })
`

/** What the compiler says about lines that follow the start, without places. */
async function complaints(lines: string): Promise<string> {
  writeFileSync(join(folder, 'program.ts'), `${start}${lines}\n`)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', folder], { timeout: 60_000 })
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

beforeAll(() => {
  const { system } = readManifest(manifest, 'watertight.yaml')
  if (system === undefined) throw new Error('the manifest is not readable')
  writeFileSync(join(folder, 'watertight.d.ts'), declarations(system.model))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const compilerOptions = {
    noEmit: true,
    paths: { '@watertight/http': [join(root, 'packages/http/dist/index.d.ts')] },
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const extended = join(root, 'tsconfig.base.json')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: extended, compilerOptions }))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

it(
  'lets a program compile that keeps to the manifest, without a type argument anywhere',
  { timeout: 120_000 },
  async () => {
    const program = `const charge: Response = await client.payment.fetch('/charges', { method: 'POST', body: '{}' })
await client.payment.fetch('/charges/c-1?expand=lines')
await client.loyalty.fetch('/anything', { method: 'DELETE' })
await client.close()
export { charge }`
    expect(await complaints(program)).toBe('')
  },
)

it('stops a misspelt callee, path, method and service', { timeout: 120_000 }, async () => {
  const program = `await client.paymnt.fetch('/charges', { method: 'POST' })
await client.payment.fetch('/chargs', { method: 'POST' })
await client.payment.fetch('/charges', { method: 'DELETE' })
await client.payment.fetch('/charges')
createClient(model, { service: 'ordr', endpoints })
export {}`
  const said = await complaints(program)
  expect(said).toContain("Did you mean 'payment'?")
  expect(said).toContain(`'"ordr"' is not assignable`)
  const lines = [...said.matchAll(/program\.ts\((\d+),/g)].map(
    ([, line]) => Number(line) - start.split('\n').length + 1,
  )
  expect([...new Set(lines)]).toEqual([1, 2, 3, 4, 5])
})
