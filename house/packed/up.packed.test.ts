import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, inject, test, vi } from 'vitest'

const installed = inject('packedFolder')
const folder = join(installed, 'newcomer')
const program = join(installed, 'node_modules/.bin/watertight')

/** Somebody's own services, of which none knows of the product. */
const files = {
  'shop.mjs': `
import express from 'express'
const { PORT, STOCK_URL, TAX_URL } = process.env
const shop = express()
shop.get(['/healthz', '/readyz'], (_request, response) => response.end())
shop.get('/', async (_request, response) => {
  const asked = await Promise.all([STOCK_URL, TAX_URL].map(async (url) => (await fetch(url + '/')).text()))
  response.json(asked)
})
shop.listen(Number(PORT), '127.0.0.1', () => console.log('shop listens'))
`,
  'stock.mjs': `
import fastify from 'fastify'
const stock = fastify()
for (const path of ['/healthz', '/readyz']) stock.get(path, async () => '')
stock.get('/', async () => 'twelve left')
await stock.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
console.log('stock listens')
`,
  'tax.py': `
import http.server, os
class Tax(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'19 percent')
print('tax listens', flush=True)
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Tax).serve_forever()
`,
}

const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
  await rm(folder, { recursive: true, force: true })
})

async function watertight(
  ...words: string[]
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  await once(child, 'close')
  return { code: child.exitCode, text }
}

/** The packed console has its page with it, and shows what runs here. */
async function showsOnThePage(): Promise<void> {
  const words = ['console', '--port', '0', '--json']
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const { url } = JSON.parse(line) as { readonly url: string }
  expect(await (await fetch(url)).text()).toContain('<script type="module" src="page.js">')
  expect((await fetch(`${url}/page.js`)).headers.get('content-type')).toMatch(/^text\/javascript/)
  await vi.waitFor(
    async () => {
      const shown = (await (await fetch(`${url}/api/snapshot`)).json()) as { services: { name: string }[] }
      expect(shown.services.map(({ name }) => name)).toEqual(['gateway', 'shop', 'stock', 'tax'])
    },
    { timeout: 20_000, interval: 100 },
  )
  child.kill('SIGTERM')
  await once(child, 'exit')
}

test('init writes the document of services in Express, Fastify and Python, and up runs them behind a gateway', async () => {
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const runs = ['shop=node shop.mjs', 'stock=node stock.mjs', 'tax=python3 tax.py']
  const calls = ['--call', 'shop:stock', '--call', 'shop:tax']
  const init = await watertight(
    'init',
    '--system',
    'shop',
    ...runs.flatMap((run) => ['--run', run]),
    ...calls,
  )
  expect(init).toMatchObject({ code: 0 })
  const document = await readFile(join(folder, 'watertight.yaml'), 'utf8')
  const gateway = `gateway:\n  listen: { port: 8080 }\n  routes: [{ match: { path: / }, to: shop, policy: standard }]\n`
  await writeFile(join(folder, 'watertight.yaml'), `${document}\n${gateway}`)
  const child = spawn(program, ['up', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  await vi.waitFor(() => expect(text).toMatch(/everything is ready; the gateway is at \S+\n/), {
    timeout: 90_000,
    interval: 100,
  })
  const [, gatewayUrl = ''] = /the gateway is at (\S+)/.exec(text) ?? []
  const answer = await fetch(gatewayUrl)
  expect(await answer.json()).toEqual(['twelve left', '19 percent'])
  await showsOnThePage()
  expect(await watertight('stop')).toEqual({ code: 0, text: 'stopped\n' })
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
}, 240_000)
