import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { DRAIN_MS } from './drain-ms.js'
import type { WorkerMessage } from './worker-messages.js'

/** A worker that ends within this time of its start, and was never ready, has a fault that no further start mends. */
const SOUND_MS = 2_000

/** A worker that is still there so long after its time to drain is past hearing, and is killed. */
const DEAF_MS = 5_000

/** Told of what happens to a group. */
export interface GroupEvents {
  /** All of them are ready, for the first time; `line` is what one of them says of its ports. */
  ready(line: string): void
  /** One cannot even start. */
  failed(exitCode: number): void
  /** One has answered a question. */
  answered(number: number, fact: unknown): void
}

/** So many workers of one start, which share the ports. One that dies is replaced, and the others go on meanwhile. */
export class WorkerGroup {
  private readonly count: number
  private readonly events: GroupEvents
  private readonly running: Set<Worker> = new Set()
  private readonly ready: Set<Worker> = new Set()
  private isAnnounced: boolean = false
  private replaces: boolean = true

  constructor(count: number, events: GroupEvents) {
    this.count = count
    this.events = events
    for (let index = 0; index < count; index++) this.start()
  }

  /** Those that take requests, or did until they were told to drain. */
  get members(): readonly Worker[] {
    return [...this.ready]
  }

  /** Who ends from now on is not replaced. */
  retire(): void {
    this.replaces = false
  }

  /** Lets what is under way end, and all of them with it; who has not ended within `limitMs` is killed. */
  async stop(limitMs: number = DRAIN_MS + DEAF_MS): Promise<void> {
    this.retire()
    const ends = [...this.running].map((worker) => once(worker, 'exit'))
    const signal = (name: NodeJS.Signals): void => {
      for (const worker of this.running) worker.process.kill(name)
    }
    signal('SIGTERM')
    const limit = setTimeout(signal, limitMs, 'SIGKILL')
    await Promise.all(ends)
    clearTimeout(limit)
  }

  private start(): void {
    const startedAt = performance.now()
    const worker = cluster.fork()
    this.running.add(worker)
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'answer') return this.events.answered(message.number, message.fact)
      this.ready.add(worker)
      if (this.isAnnounced || this.ready.size < this.count) return
      this.isAnnounced = true
      this.events.ready(message.line)
    })
    worker.on('exit', (code) => {
      const wasReady = this.ready.delete(worker)
      this.running.delete(worker)
      if (!this.replaces) return
      if (wasReady || performance.now() - startedAt > SOUND_MS) return this.start()
      this.retire()
      this.events.failed(code)
    })
  }
}
