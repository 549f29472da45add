import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, inject, test, vi } from 'vitest'
import { markdownBlocks } from '../markdown-blocks.js'
import { root } from '../sources.js'

const run = promisify(execFile)
const folder = join(inject('packedFolder'), 'how-to')
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  await rm(folder, { recursive: true, force: true })
})

/** Writes the files of a page into an empty folder; its commands, and what the page says that each of them prints. */
async function follow(page: string): Promise<Map<string, string>> {
  const blocks = markdownBlocks(await readFile(join(root, 'docs/how-to', page), 'utf8'))
  await mkdir(folder)
  for (const { file, code } of blocks) if (file !== undefined) await writeFile(join(folder, file), code)
  const commands = blocks
    .filter(({ language }) => language === 'console')
    .map(({ code }) => /^\$ (.*)\n([^]*)$/.exec(code))
  return new Map(commands.map((found) => [found?.[1] ?? '', found?.[2] ?? '']))
}

const npx = async (command: string) =>
  (await run('bash', ['-c', command], { cwd: folder, timeout: 60_000 })).stdout

function started(command: string): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn('bash', ['-c', `exec ${command}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part))
  return { child, said: () => said }
}

test('the document of a new dependency is right', async () => {
  const commands = await follow('add-a-dependency.md')
  expect([...commands.keys()]).toEqual(['npx watertight check'])
  expect(await npx('npx watertight check')).toContain('watertight.yaml: no errors')
})

test('a legacy service calls through the sidecar that its page shows', async () => {
  const commands = await follow('protect-a-legacy-service.md')
  const [check = '', proxy = ''] = commands.keys()
  expect(await npx(check)).toContain('watertight.yaml: no errors')

  let failures = 1
  const rates = createServer((_request, response) => {
    response.statusCode = failures-- > 0 ? 503 : 200
    response.end('19%')
  })
  rates.listen(17_006, '127.0.0.1')
  await once(rates, 'listening')
  closing.push(async () => {
    rates.closeAllConnections()
    await once(rates.close(), 'close')
  })
  // Started without npx between, which would have to pass the signal on.
  const { child, said } = started(proxy.replace('npx watertight', '../node_modules/.bin/watertight'))
  await vi.waitFor(() => expect(said()).toBe(commands.get(proxy)), { timeout: 30_000, interval: 50 })

  const env = { ...process.env, RATES_URL: 'http://127.0.0.1:17106' }
  const { stdout } = await run('python3', ['tax.py'], { cwd: folder, env, timeout: 30_000 })
  expect(stdout).toBe('19%\n')

  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(child.exitCode).toBe(0)
}, 120_000)
