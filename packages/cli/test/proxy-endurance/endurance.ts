import { seededRandom } from '@watertight/policy/testing'
import { Caller, type Fate } from './caller.js'
import { FaultyHttp2Service } from './faulty-http2-service.js'
import { type Fault, FaultyService } from './faulty-service.js'
import { ProxyProcess } from './proxy-process.js'

const CALLERS = 64
const READINGS = 20
/** Of a hundred requests, so many meet each fault or are left by their callers; the others are answered well. */
const SHARES: readonly (readonly [Fault | 'left', number])[] = [
  ['reset', 2],
  ['unavailable', 2],
  ['closing', 3],
  ['cut', 1],
  ['left', 1],
  ['silent', 0.1],
]
const POSTS = 0.2
/** Of the requests, so many go to the service that speaks HTTP/2, which draws by itself what goes wrong. */
const STOCK = 0.3

const document = (
  port: number,
  orders: readonly FaultyService[],
  stocks: readonly FaultyHttp2Service[],
  totalMs: number,
): string => `watertight: v1
system: shop
policies:
  patient:
    timeout: { attempt: 3s, total: ${totalMs}ms }
    retry: { attempts: 6, backoff: { initial: 1ms, max: 50ms }, budget: { ratio: 100%, minimum: 1000 } }
  stubborn: { extends: patient, retry: { attempts: 12 } } # faults hit further attempts, too
services:
  order: { endpoints: [${placesOf(orders)}] }
  stock: { endpoints: [${placesOf(stocks)}], protocol: h2 }
gateway:
  listen: { port: ${port}, host: 127.0.0.1 }
  routes:
    - { match: { path: /stock }, to: stock, policy: stubborn }
    - { match: { path: / }, to: order, policy: patient }
`

const placesOf = (instances: readonly { readonly port: number }[]): string =>
  instances.map((one) => `"127.0.0.1:${one.port}"`).join(', ')

/** Requests through a proxy in a process of its own, while its services restart and its document changes. */
export class Endurance {
  /** How often each came to what, such as `GET reset: 200`. */
  readonly fates: Map<string, number> = new Map()
  /** Of the proxy's process, in MB, from the first twentieth of the requests to the last. */
  readonly memoryMb: number[] = []
  /** What was in use of it once the garbage was out, in bytes, at the same times. */
  readonly heapBytes: number[] = []
  readonly orders: readonly FaultyService[] = [new FaultyService(), new FaultyService()]
  readonly stocks: readonly FaultyHttp2Service[]
  proxy!: ProxyProcess
  seconds: number = 0
  /** Files that the process has open before the first request. */
  filesBefore: number = 0
  private readonly requests: number
  private readonly random: () => number
  private asked: number = 0
  private isOver: boolean = false

  constructor(requests: number, seed: number) {
    this.requests = requests
    this.random = seededRandom(seed)
    const ofService = seededRandom(seed + 1)
    this.stocks = [new FaultyHttp2Service(ofService), new FaultyHttp2Service(ofService)]
  }

  async run(folder: string, port: number): Promise<void> {
    for (const service of this.services) await service.start()
    this.proxy = await ProxyProcess.start(folder, document(port, this.orders, this.stocks, 20_000))
    this.filesBefore = this.proxy.openFiles
    const callers = Array.from({ length: CALLERS }, () => new Caller(port))
    const startedAt = performance.now()
    const disturbances = [this.restart(this.orders), this.restart(this.stocks), this.change(port)]
    try {
      await Promise.all(callers.map((caller) => this.drive(caller)))
    } finally {
      this.seconds = (performance.now() - startedAt) / 1_000
      this.isOver = true
      await Promise.all(disturbances)
      for (const caller of callers) caller.close()
    }
  }

  /** Answers that services of HTTP/2 have cut. */
  get cuts(): number {
    return this.stocks.reduce((sum, { cuts }) => sum + cuts, 0)
  }

  get services(): readonly (FaultyService | FaultyHttp2Service)[] {
    return [...this.orders, ...this.stocks]
  }

  /** Between two readings of the memory. */
  get requestsBetween(): number {
    return Math.ceil(this.requests / READINGS)
  }

  /** How many fates match. */
  count(pattern: RegExp): number {
    return [...this.fates].reduce((sum, [fate, count]) => sum + (pattern.test(fate) ? count : 0), 0)
  }

  /** Whatever has become of it, nothing of it goes on. */
  kill(): void {
    this.isOver = true
    this.proxy?.kill()
    for (const service of this.services) service.close()
  }

  private async drive(caller: Caller): Promise<void> {
    while (this.asked < this.requests) {
      this.asked += 1
      const number = this.asked
      if (number % this.requestsBetween === 0) {
        this.memoryMb.push(this.proxy.memoryMb)
        this.heapBytes.push(await this.proxy.heapBytes())
      }
      const fault = drawn(this.random() * 100)
      const method = this.random() < POSTS ? 'POST' : 'GET'
      const id = `stock-${number}`
      const body = method === 'POST' ? `Content-Length: ${id.length}\r\n\r\n${id}` : '\r\n'
      const isStock = this.random() < STOCK
      const path = isStock ? '/stock' : `/${fault === 'left' ? 'none' : fault}/${number}`
      const request = `${method} ${path} HTTP/1.1\r\nHost: a\r\n${body}`
      if (fault === 'left') await caller.leave(request)
      else this.tell(`${method} ${isStock ? 'stock' : fault}`, await caller.ask(request))
    }
  }

  private tell(asked: string, fate: Fate): void {
    const key = `${asked}: ${fate}`
    this.fates.set(key, (this.fates.get(key) ?? 0) + 1)
  }

  private async restart(instances: readonly { restart(): Promise<void> }[]): Promise<void> {
    for (let turn = 0; !this.isOver; turn += 1) {
      await instances[turn % instances.length]!.restart()
      await pause(300)
    }
  }

  private async change(port: number): Promise<void> {
    for (let turn = 0; !this.isOver; turn += 1) {
      this.proxy.change(document(port, this.orders, this.stocks, 20_000 + (turn % 2)))
      await pause(500)
    }
  }
}

function drawn(percent: number): Fault | 'left' {
  let left = percent
  for (const [fault, share] of SHARES) {
    if (left < share) return fault
    left -= share
  }
  return 'none'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
