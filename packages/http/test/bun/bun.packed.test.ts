import { execFile } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'

const folder = inject('packedFolder')!

async function bun(program: string): Promise<string> {
  const path = join(folder, `node_modules/@oven/bun-${process.platform}-${process.arch}/bin/bun`)
  return (await promisify(execFile)(path, [program], { cwd: folder, timeout: 120_000 })).stdout
}

it('the first example of the README runs on Bun', { timeout: 150_000 }, async () => {
  const examples = readdirSync(join(folder, 'node')).filter((name) => name.startsWith('packages-http-README'))
  const first = examples.find((name) =>
    readFileSync(join(folder, 'node', name), 'utf8').includes('fetchPayment'),
  )
  expect(await bun(`node/${first}`)).toMatch(/^200 \{\s*requests: 2,?\s*\}\s*$/)
})

it('the client does on Bun what it does on Node', { timeout: 150_000 }, async () => {
  copyFileSync(join(import.meta.dirname, 'checks.ts'), join(folder, 'bun-checks.ts'))
  expect(JSON.parse(await bun('bun-checks.ts'))).toEqual({
    'an answer': 'hello',
    'another attempt after a 503': 'at last',
    'a body that is text': 'POST text',
    'a body that is a stream': 'PUT in parts',
    'a Request': 'PUT request',
    'an encoded answer': 'unpacked',
    'a redirect': 'true hello',
    'an answer in parts': 'one two three',
    'an answer that breaks off': 'WT_RESET',
    'a time limit': 'WT_ATTEMPT_TIMEOUT',
    'a caller who leaves': 'TimeoutError',
    'nobody there': 'WT_CONNECT',
    'a circuit that opens': 'WT_CIRCUIT_OPEN',
    'what travels': '1',
    'any origin': 'hello',
    'a document': 'hello',
  })
})
