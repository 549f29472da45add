import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

/** A worker that ends within this time of its start, and was never ready, has a fault that no further start mends. */
const SOUND_MS = 2_000

interface ReadyMessage {
  readonly type: 'ready'
  /** What is to be said once all of them are. */
  readonly line: string
}

/**
 * Runs so many workers that share the ports. They take connections from one shared socket each for itself, which is
 * cheaper than to hand them out; one that dies is replaced, and the others go on meanwhile.
 */
export async function runWorkers(count: number, terminal: Terminal): Promise<ExitCode> {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const workers = new Workers(count, terminal)
  for (let index = 0; index < count; index++) workers.start()
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), workers.failed])
  await workers.stop()
  return workers.exitCode
}

class Workers {
  readonly failed: Promise<void>
  exitCode: ExitCode = EXIT.ok
  private readonly terminal: Terminal
  private readonly running: Set<Worker> = new Set()
  private isStopping: boolean = false
  private readonly count: number
  private readonly ready: Set<Worker> = new Set()
  private isAnnounced: boolean = false
  private fail: () => void = () => undefined

  constructor(count: number, terminal: Terminal) {
    this.count = count
    this.terminal = terminal
    this.failed = new Promise((resolve) => {
      this.fail = resolve
    })
  }

  start(): void {
    const startedAt = performance.now()
    const worker = cluster.fork()
    this.running.add(worker)
    worker.on('message', (message: ReadyMessage) => {
      if (message.type !== 'ready') return
      this.ready.add(worker)
      this.announce(message.line)
    })
    worker.on('exit', (code) => {
      const wasReady = this.ready.delete(worker)
      this.running.delete(worker)
      if (this.isStopping) return
      if (wasReady || performance.now() - startedAt > SOUND_MS) return this.start()
      this.exitCode = (code ?? EXIT.fault) as ExitCode
      this.fail()
    })
  }

  async stop(): Promise<void> {
    this.isStopping = true
    const ends = [...this.running].map((worker) => once(worker, 'exit'))
    for (const worker of this.running) worker.process.kill('SIGTERM')
    await Promise.all(ends)
  }

  /** Once, when all of them are ready. */
  private announce(line: string): void {
    if (this.isAnnounced || this.ready.size < this.count) return
    this.isAnnounced = true
    this.terminal.out.write(line)
  }
}
