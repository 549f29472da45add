import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PROGRAM } from '../run-process.js'

/** Nothing of this kind is to happen: a few tell why it did. */
const LOSSES_MAX = 20
/** On a busy machine, what it says of a change that it will see again. */
const LATE = /^cannot read .*reading took longer than \d+ ms; what was in force stays\n/gm
const LOST = /^{(?=.*"method":"GET")(?=.*"status":50[34])/

/** A gateway in a process of its own, and what can be seen of it from outside. */
export class ProxyProcess {
  readonly port: number
  private readonly admin: number
  private readonly child: ChildProcess
  private readonly folder: string
  private said: string = ''
  /** The first lines of its access log about a GET that it has answered itself, for want of an answer. */
  readonly losses: string[] = []

  private constructor(child: ChildProcess, folder: string, ready: string) {
    this.child = child
    this.folder = folder
    this.port = Number(/gateway on (\d+)/.exec(ready)![1])
    this.admin = Number(/admin on (\d+)/.exec(ready)![1])
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.said += text))
    createInterface(child.stdout!).on('line', (line) => {
      if (this.losses.length < LOSSES_MAX && LOST.test(line)) this.losses.push(line)
    })
  }

  static async start(folder: string, document: string): Promise<ProxyProcess> {
    writeFileSync(join(folder, 'watertight.yaml'), document)
    const node = ['--expose-gc', '--import', new URL('report-heap.mjs', import.meta.url).href]
    const words = [PROGRAM, 'proxy', '--gateway', '--admin', '0', '--workers', '1', '--access-log']
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc']
    const child = spawn(process.execPath, [...node, ...words], { cwd: folder, stdio })
    const [ready] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string]
    return new ProxyProcess(child, folder, ready)
  }

  /** Another document takes the place of the one in force. */
  change(document: string): void {
    const next = join(this.folder, 'next.yaml')
    writeFileSync(next, document)
    renameSync(next, join(this.folder, 'watertight.yaml'))
  }

  async stats(): Promise<ReadonlyMap<string, number>> {
    const answer = await fetch(`http://127.0.0.1:${this.admin}/stats`, { headers: { connection: 'close' } })
    const lines = (await answer.text()).trimEnd().split('\n')
    return new Map(lines.map((line) => [line.split(': ')[0]!, Number(line.split(': ')[1])]))
  }

  get memoryMb(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))!
    return Number(kilobytes) / 1_024
  }

  /** What is in use of its memory once the garbage is out, in bytes. */
  async heapBytes(): Promise<number> {
    const told = once(this.child, 'message')
    this.child.send('heap')
    return ((await told) as [number])[0]
  }

  get openFiles(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length
  }

  /** What it has complained of. */
  get complaints(): string {
    return this.said.replace(LATE, '')
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    return ((await ended) as [number | null])[0]
  }
}
