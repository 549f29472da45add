import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, runProcess, watertight } from './run-process.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** A program of the README, on a port that is free here. */
function program(name: string, port: number): string {
  const [, code = ''] = new RegExp(`<!-- ${name} -->\\n\\n\`\`\`js\\n([^]*?)\`\`\``).exec(README) ?? []
  return code.replace('7002', String(port))
}

it('goes from an empty folder to a checked manifest and a resilient call, as the README says', async () => {
  const port = await freePort()
  const files = { 'order.mjs': program('order.js', port), 'payment.mjs': program('payment.js', port) }
  await inFolder(files, async (cwd) => {
    symlinkSync(MODULES, join(cwd, 'node_modules'))
    const [, words = ''] = /npx watertight (init .*)/.exec(README) ?? []
    expect(await watertight(words.split(' '), { cwd })).toMatchObject({ code: 0, err: '' })
    expect(await watertight(['check'], { cwd })).toMatchObject({ code: 0, err: '' })

    const announced = `${readFileSync(join(cwd, 'payment.mjs'), 'utf8')}server.once('listening', () => console.log('up'))\n`
    const payment = spawn(process.execPath, ['--input-type=module', '-e', announced], { cwd })
    try {
      await once(payment.stdout, 'data')
      const called = await runProcess(process.execPath, ['order.mjs'], { cwd })
      expect(called).toMatchObject({ code: 0, out: '200 answered at request 2\n' })
    } finally {
      payment.kill()
    }
  })
})
