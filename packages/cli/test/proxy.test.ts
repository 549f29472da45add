import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, PROGRAM, watertight } from './run-process.js'

const manifest = (port: number, upstream: number): string => `watertight: v1
system: shop
services: { order: { port: ${upstream} } }
gateway: { listen: { port: ${port}, host: 127.0.0.1 }, routes: [{ match: { path: / }, to: order }] }
`

it.each([
  [
    ['proxy'],
    2,
    /name either --gateway or --sidecar <service>\n {2}watertight proxy --help shows all options/,
  ],
  [['proxy', '--gateway', '--sidecar', 'order'], 2, /name either --gateway or --sidecar/],
  [['proxy', '--sidecar', 'odrer'], 2, /there is no service odrer\n {2}did you mean order\?/],
  [['proxy', '--gateway', '--workers', '0'], 2, /--workers must be an integer from 1 to 256, got 0/],
  [['proxy', '--gateway', '--admin', 'x'], 2, /--admin must be an integer from 0 to 65535, got x/],
])('%j is answered by what is allowed', async (words, code, said) => {
  await inFolder({ 'watertight.yaml': manifest(1, 1) }, async (cwd) => {
    const ended = await watertight(words, { cwd })
    expect(ended.code).toBe(code)
    expect(ended.err).toMatch(said)
  })
})

it('says in one sentence that a port is in use', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await inFolder({ 'watertight.yaml': manifest(port, 1) }, async (cwd) => {
    const ended = await watertight(['proxy', '--gateway', '--workers', '1'], { cwd })
    expect([ended.code, ended.err]).toEqual([1, `error cannot run a proxy: port ${port} is in use\n`])
  })
  taken.close()
})

it.each([
  ['1', 'the process'],
  ['2', 'the process'],
  ['2', 'its whole group'],
])(
  'with %s workers it is ready by one line, answers, and ends what is under way when %s is told to end',
  async (workers, who) => {
    let answer: (() => void) | undefined
    const upstream = createServer((request, response) => {
      if (request.url === '/slow') answer = () => response.end('slow')
      else response.end('quick')
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port: upstreamPort } = upstream.address() as AddressInfo
    const port = await freePort()
    await inFolder({ 'watertight.yaml': manifest(port, upstreamPort) }, async (cwd) => {
      const words = [PROGRAM, 'proxy', '--gateway', '--admin', '0', '--workers', workers]
      const child = spawn(process.execPath, words, {
        cwd,
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      })
      const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
      expect(line).toMatch(new RegExp(`^ready: gateway: gateway on ${port}, admin on \\d+\\n$`))
      const admin = /admin on (\d+)/.exec(line)![1]
      expect((await fetch(`http://127.0.0.1:${admin}/ready`)).status).toBe(200)
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('quick')
      const slow = fetch(`http://127.0.0.1:${port}/slow`)
      await vi.waitUntil(() => answer !== undefined, { timeout: 20_000 })
      const ended = once(child, 'exit')
      process.kill(who === 'the process' ? child.pid! : -child.pid!, 'SIGTERM')
      await refused(port)
      answer!()
      expect(await (await slow).text()).toBe('slow')
      expect(await ended).toEqual([0, null])
    })
    upstream.close()
  },
)

it('a worker killed under load takes with it what it had under way, and nothing else', async () => {
  const held: (() => void)[] = []
  const upstream = createServer((request, response) => {
    if (request.url === '/held') held.push(() => response.end('held'))
    else response.end('quick')
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port: upstreamPort } = upstream.address() as AddressInfo
  const port = await freePort()
  await inFolder({ 'watertight.yaml': manifest(port, upstreamPort) }, async (cwd) => {
    const words = [PROGRAM, 'proxy', '--gateway', '--workers', '2']
    const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const workers = await childrenOf(child.pid!)
    const requests = Array.from({ length: 20 }, () => fate(`http://127.0.0.1:${port}/held`))
    await vi.waitUntil(() => held.length === requests.length, { timeout: 20_000 })
    process.kill(workers[0]!, 'SIGKILL')
    await vi.waitUntil(async () => !(await childrenOf(child.pid!)).includes(workers[0]!), { timeout: 20_000 })
    const others = await Promise.all(Array.from({ length: 20 }, () => fate(`http://127.0.0.1:${port}/`)))
    expect(others.filter((text) => text !== 'quick')).toEqual([])
    for (const answer of held) answer()
    // Which worker had how many is the system's choice: each request is answered, or the connection that it was on is gone.
    const fates = await Promise.all(requests)
    expect(fates.filter((text) => text !== 'held' && text !== 'cut')).toEqual([])
    await vi.waitUntil(async () => (await childrenOf(child.pid!)).length === 2, { timeout: 20_000 })
    expect(await childrenOf(child.pid!)).not.toContain(workers[0])
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
  upstream.close()
})

it('several workers are replaced under load without a refused connection, and one admin listener speaks for all', async () => {
  const upstream = createServer((_request, response) => response.end('quick')).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const port = await freePort()
  const text = manifest(port, (upstream.address() as AddressInfo).port)
  await inFolder({ 'watertight.yaml': text }, async (cwd) => {
    const words = [PROGRAM, 'proxy', '--gateway', '--workers', '2', '--admin', '0']
    const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
    let lines = ''
    child.stdout.setEncoding('utf8').on('data', (out: string) => (lines += out))
    await vi.waitUntil(() => lines.includes('admin on'), { timeout: 20_000 })
    const admin = `http://127.0.0.1:${/admin on (\d+)/.exec(lines)![1]}`
    const workers = await childrenOf(child.pid!)
    const load = { isOver: false }
    const fates: string[] = []
    const caller = async (): Promise<void> => {
      // Each has a connection of its own, so that each is one that could be refused.
      while (!load.isOver) fates.push(await answerOn(port))
    }
    const callers = Array.from({ length: 8 }, caller)
    await vi.waitUntil(() => fates.length > 50, { timeout: 20_000 })
    child.kill('SIGUSR2')
    await vi.waitUntil(() => lines.split('ready: ').length === 3, { timeout: 30_000 })
    await vi.waitUntil(async () => (await childrenOf(child.pid!)).every((pid) => !workers.includes(pid)), {
      timeout: 30_000,
    })
    const before = fates.length
    await vi.waitUntil(() => fates.length > before + 50, { timeout: 20_000 })
    load.isOver = true
    await Promise.all(callers)
    expect(fates.filter((one) => one !== 'quick')).toEqual([])
    const stats = await (await fetch(`${admin}/stats`)).text()
    expect(stats).toMatch(/^server.workers: 2$/m)
    expect(stats).toMatch(/^server.ready: 1$/m)
    const metrics = await (await fetch(`${admin}/stats/prometheus`)).text()
    const counted = [...metrics.matchAll(/^watertight_server_requests_total{.*} (\d+)$/gm)]
    const answered = Number(/^requests.answered: (\d+)$/m.exec(stats)![1])
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(answered)
    expect(answered).toBeGreaterThan(50)
    await fetch(`${admin}/drain_listeners`, { method: 'POST' })
    await refused(port)
    expect((await fetch(`${admin}/ready`)).status).toBe(503)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
  upstream.close()
})

it('workers that cannot start take nobody’s place', async () => {
  const upstream = createServer((_request, response) => response.end('quick')).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const port = await freePort()
  const text = manifest(port, (upstream.address() as AddressInfo).port)
  await inFolder({ 'watertight.yaml': text }, async (cwd) => {
    const words = [PROGRAM, 'proxy', '--gateway', '--workers', '2']
    const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (out: string) => (told += out))
    await once(child.stdout, 'data')
    await writeFile(join(cwd, 'watertight.yaml'), 'watertight: v1\nsystem: [broken\n')
    child.kill('SIGUSR2')
    await vi.waitUntil(() => told.includes('cannot restart'), { timeout: 30_000 })
    expect(await fate(`http://127.0.0.1:${port}/`)).toBe('quick')
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
  upstream.close()
})

/** The answer to a request on a connection of its own, or why there is none. */
function answerOn(port: number): Promise<string> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve(body))
      response.on('error', (error) => resolve(String(error)))
    })
    asked.on('error', (error) => resolve(String(error)))
  })
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(pid)])
  return stdout.trim().split('\n').map(Number)
}

/** The text of the answer, or that there is none. */
async function fate(url: string): Promise<string> {
  try {
    return await (await fetch(url)).text()
  } catch {
    return 'cut'
  }
}

/** Waits until nobody listens there. */
async function refused(port: number): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/`)).text()
    } catch {
      return
    }
  }
}
