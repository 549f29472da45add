import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { Caller, type Fate } from './proxy-endurance/caller.js'
import { FaultyService } from './proxy-endurance/faulty-service.js'
import { inFolder, PROGRAM, watertight } from './run-process.js'

const CALLERS = 16

const document = (port: number, service: number): string => `watertight: v1
system: shop
services:
  order: { external: true, endpoints: ["127.0.0.1:${service}"] }
  # There is no run without one.
  idle: { run: exec sleep 600 }
gateway: { listen: { port: ${port}, host: 127.0.0.1 }, routes: [{ match: { path: / }, to: order, retry: off }] }
`

/** Callers that ask one request after the other, and again at once where they are refused. */
class Load {
  /** What became of requests, since `between` was asked last. */
  private fates: Map<Fate, number> = new Map()
  private answeredAt: number = performance.now()
  private silenceMs: number = 0
  private asked: number = 0
  private isOver: boolean = false
  private readonly callers: readonly Caller[]
  private readonly driven: Promise<unknown>

  constructor(port: number) {
    this.callers = Array.from({ length: CALLERS }, () => new Caller(port))
    this.driven = Promise.all(this.callers.map((caller) => this.drive(caller)))
  }

  get answered(): number {
    return this.fates.get(200) ?? 0
  }

  /** What callers have seen since this was asked last, and the longest time in which nobody was answered. */
  seen(): { fates: Record<string, number>; silenceMs: number } {
    const seen = { fates: Object.fromEntries(this.fates), silenceMs: Math.round(this.silenceMs) }
    this.fates = new Map()
    this.silenceMs = 0
    return seen
  }

  async end(): Promise<void> {
    this.isOver = true
    await this.driven
    for (const caller of this.callers) caller.close()
  }

  private async drive(caller: Caller): Promise<void> {
    while (!this.isOver) {
      this.asked += 1
      const body = this.asked % 4 === 0 ? 'Content-Length: 5\r\n\r\nhello' : '\r\n'
      const method = this.asked % 4 === 0 ? 'POST' : 'GET'
      const fate = await caller.ask(`${method} /none/${this.asked} HTTP/1.1\r\nHost: a\r\n${body}`)
      this.fates.set(fate, (this.fates.get(fate) ?? 0) + 1)
      if (fate !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
      else {
        this.silenceMs = Math.max(this.silenceMs, performance.now() - this.answeredAt)
        this.answeredAt = performance.now()
      }
    }
  }
}

async function started(cwd: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'up'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  await vi.waitUntil(() => text.includes('everything is ready'), { timeout: 60_000 })
  return child
}

async function gatewayIn(cwd: string): Promise<{ pid: number; state: string }> {
  const { out } = await watertight(['status', '--json'], { cwd })
  const { programs } = JSON.parse(out) as { programs: { name: string; pid: number; state: string }[] }
  return programs.find(({ name }) => name === 'gateway')!
}

it('the whole gateway is killed under load, and later restarted by hand: callers are told, no POST is executed twice, and then all is as before', async () => {
  const service = new FaultyService()
  await service.start()
  onTestFinished(() => service.close())
  const port = await freePort()
  await inFolder({ 'watertight.yaml': document(port, service.port) }, async (cwd) => {
    const child = await started(cwd)
    const { pid } = await gatewayIn(cwd)
    const load = new Load(port)
    await vi.waitUntil(() => load.answered > 500, { timeout: 20_000 })
    expect(Object.keys(load.seen().fates)).toEqual(['200'])

    process.kill(pid, 'SIGKILL')
    await vi.waitUntil(async () => (await gatewayIn(cwd)).pid !== pid, { timeout: 20_000 })
    await vi.waitUntil(async () => (await gatewayIn(cwd)).state === 'ready', { timeout: 20_000 })
    const back = load.answered
    await vi.waitUntil(() => load.answered > back + 500, { timeout: 20_000 })
    const killed = load.seen()

    expect((await watertight(['restart', 'gateway'], { cwd })).code).toBe(0)
    const again = load.answered
    await vi.waitUntil(() => load.answered > again + 500, { timeout: 20_000 })
    const restarted = load.seen()
    await vi.waitUntil(() => load.answered > 500, { timeout: 20_000 })
    console.log(JSON.stringify({ killed, restarted }))

    // Gone is what was refused, or had no answer yet; cut is what had half of one.
    const told = ['200', 'cut', 'gone']
    expect(Object.keys(killed.fates).filter((fate) => !told.includes(fate))).toEqual([])
    expect(Object.keys(restarted.fates).filter((fate) => !told.includes(fate))).toEqual([])
    expect(Object.keys(load.seen().fates)).toEqual(['200'])
    expect(new Set(service.executed.values())).toEqual(new Set([1]))
    await load.end()
    expect(await watertight(['stop'], { cwd })).toMatchObject({ code: 0 })
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })
}, 180_000)
