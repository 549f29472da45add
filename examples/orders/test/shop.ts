import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MANIFEST_FILE } from '../src/manifest/manifest.js'
import type { ProcessName, ServiceName } from '../src/services/names.js'
import { proxyFigures } from '../src/status/proxy-figures.js'
import { System, type SystemOptions } from '../src/system/system.js'

/** An answer with its parsed body. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A folder with a copy of the document that a test may change, beside the programs that it names. */
export async function editableManifest(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'orders-'))
  const file = join(folder, 'watertight.yaml')
  await copyFile(MANIFEST_FILE, file)
  for (const name of ['dist', 'src']) await symlink(join(dirname(MANIFEST_FILE), name), join(folder, name))
  return { folder, file }
}

/** The shop without its canary, which might take up a saga that the other order has begun, and call in its place. */
export async function shopWithoutCanary(): Promise<{ readonly folder: string; readonly file: string }> {
  const document = await editableManifest()
  const text = await readFile(document.file, 'utf8')
  const changed = text.replace(/^ *split: .*\n/m, '').replace(', canary: { port: 7002 }', '')
  await writeFile(document.file, changed)
  return document
}

type OpenShop = Pick<SystemOptions, 'dataFolder' | 'manifestFile' | 'environment' | 'profile'>

/** The whole system, started for a test, and what a test does to it. */
export class Shop {
  readonly said: string[]
  system: System
  readonly #start: () => Promise<System>

  private constructor(start: () => Promise<System>, system: System, said: string[]) {
    this.#start = start
    this.system = system
    this.said = said
  }

  static async open(options: Partial<OpenShop> = {}): Promise<Shop> {
    const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'shop-')))
    const said: string[] = []
    const start = () => System.start({ ...options, dataFolder, port: 0, say: (line) => said.push(line) })
    return new Shop(start, await start(), said)
  }

  /** Stops it in order, and starts it again with what it has kept. */
  async stopAndStartAgain(): Promise<void> {
    await this.system.stop()
    this.system = await this.#start()
  }

  async close(): Promise<void> {
    await this.system.kill()
    await rm(this.dataFolder, { recursive: true, force: true })
  }

  get dataFolder(): string {
    return this.system.dataFolder
  }

  async request(
    name: ServiceName | 'gateway',
    method: string,
    path: string,
    body?: unknown,
    headers = {},
  ): Promise<Reply> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const sent = { method, headers, ...(text === undefined ? {} : { body: text }) }
    if (name === 'gateway') {
      const answer = await this.system.frontDoor.send({ ...sent, path, limitMs: 20_000 })
      return {
        status: answer.status,
        headers: new Headers(answer.headers as Record<string, string>),
        // What a proxy says for itself is a line of text.
        body: isJson(answer.headers['content-type'])
          ? (JSON.parse(answer.body) as Reply['body'])
          : { detail: answer.body },
      }
    }
    const response = await fetch(this.system.url(name) + path, {
      ...sent,
      signal: AbortSignal.timeout(20_000),
    })
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Reply['body'],
    }
  }

  order(change: Record<string, unknown> = {}, headers = {}): Promise<Reply> {
    const checkout = { customer: 'c-1', items: [{ sku: 'book-42', quantity: 2 }], card: 'tok_ok', ...change }
    return this.request('gateway', 'POST', '/orders', checkout, headers)
  }

  faults(name: ServiceName, plan: Record<string, number>): Promise<Reply> {
    return this.request(name, 'POST', '/faults', plan, { 'x-fault-token': this.system.faultToken })
  }

  /** The breaker of a proxy before one of its destinations, such as `order@stable`. */
  async breakerOf(proxy: ProcessName, destination: string): Promise<string | undefined> {
    const { edges } = proxyFigures(await this.system.text(proxy, '/stats/prometheus'))
    return edges.find(({ to }) => to === destination)?.breaker
  }

  async breaker(edgeTo: ServiceName, from: ServiceName = 'order'): Promise<string | undefined> {
    // One that is too busy to say so now is asked again.
    const status = await this.system
      .get<{ edges: { to: string; breaker: string }[] }>(from, '/internal/status')
      .catch(() => undefined)
    return status?.edges.find(({ to }) => to === edgeTo)?.breaker
  }

  signal(name: ProcessName, signal: NodeJS.Signals): void {
    const pid = this.system.pid(name)
    if (pid === undefined) throw new Error(`cannot send ${signal} to ${name}: it does not run`)
    process.kill(pid, signal)
  }
}

function isJson(type: string | readonly string[] | undefined): boolean {
  return String(type).includes('json')
}
