import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { markdownBlocks } from '../markdown-blocks.js'
import { root } from '../sources.js'

const folder = join(inject('packedFolder'), 'tutorial')
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
  await rm(folder, { recursive: true, force: true })
})

const run = promisify(execFile)

/** The commands of a console block, each with what it prints. */
function commandsOf(code: string): { readonly command: string; readonly prints: string }[] {
  return code
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...lines] = text.trimEnd().split('\n')
      return { command, prints: lines.map((line) => `${line}\n`).join('') }
    })
}

test('the tutorial does what it says, word for word', async () => {
  const blocks = markdownBlocks(await readFile(join(root, 'docs/tutorial.md'), 'utf8'))
  await mkdir(folder)
  for (const { file, code } of blocks)
    if (file?.endsWith('.js') === true) await writeFile(join(folder, file), code)
  const [init = '', up = ''] = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code)
  await run('bash', ['-ec', init], { cwd: folder })
  // Started without npx between, which may be gone before it has passed a signal on.
  const direct = up.replace('npx watertight', '../node_modules/.bin/watertight')
  const child = spawn('bash', ['-c', `exec ${direct}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  const says = (what: string) =>
    vi.waitFor(() => expect(text).toContain(what), { timeout: 60_000, interval: 50 })
  await says('everything is ready')
  for (const { language, code } of blocks) {
    if (language === 'yaml') {
      const file = join(folder, 'watertight.yaml')
      const document = await readFile(file, 'utf8')
      expect(document).toContain('payment: { policy: standard }')
      await writeFile(file, document.replace('payment: { policy: standard }', code.trim()))
      await says('order      | follows the document')
    }
    if (language !== 'console') continue
    for (const { command, prints } of commandsOf(code)) {
      const { stdout } = await run('bash', ['-c', command], { cwd: folder })
      expect({ command, prints: stdout }).toEqual({ command, prints })
    }
  }
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
}, 240_000)
