import cluster from 'node:cluster'
import { once } from 'node:events'
import { type AdminFacts, type AdminQuestion, AdminServer, mergedFacts } from '@watertight/proxy'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { cannotListen } from './cannot-listen.js'
import { WorkerGroup } from './worker-group.js'
import type { QuestionMessage } from './worker-messages.js'

/** A worker that has not answered within this time is left out of what is told. */
const ANSWER_MS = 2_000

/**
 * Runs so many workers that share the ports. They take connections from one shared socket each for itself, which is
 * cheaper than to hand them out. This process holds the ports, speaks for all of them on one admin listener, and on
 * SIGUSR2 replaces them by others that read program and document anew, without a moment in which nobody listens.
 */
export async function runWorkers(
  count: number,
  adminPort: number | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const workers = new Workers(count, terminal)
  await workers.listen(adminPort)
  const restart = (): void => workers.restart()
  process.on('SIGUSR2', restart)
  workers.start()
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), workers.failed])
  process.off('SIGUSR2', restart)
  await workers.stop()
  return workers.exitCode
}

class Workers {
  readonly failed: Promise<void>
  exitCode: ExitCode = EXIT.ok
  private readonly count: number
  private readonly terminal: Terminal
  private admin: AdminServer | undefined = undefined
  /** That which takes requests. */
  private group: WorkerGroup | undefined = undefined
  /** That which is to take its place. */
  private next: WorkerGroup | undefined = undefined
  private readonly former: Set<WorkerGroup> = new Set()
  private readonly asked: Map<number, (fact: unknown) => void> = new Map()
  private questions: number = 0
  private fail: () => void = () => undefined

  constructor(count: number, terminal: Terminal) {
    this.count = count
    this.terminal = terminal
    this.failed = new Promise((resolve) => {
      this.fail = resolve
    })
  }

  async listen(adminPort: number | undefined): Promise<void> {
    if (adminPort === undefined) return
    this.admin = new AdminServer(adminPort, { ask: (what, words) => this.ask(what, words) })
    await this.admin.listen().catch((error: unknown) => {
      throw cannotListen(error)
    })
  }

  start(): void {
    this.group = new WorkerGroup(this.count, {
      ready: (line) => this.terminal.out.write(this.withAdmin(line)),
      failed: (code) => {
        this.exitCode = code as ExitCode
        this.fail()
      },
      answered: (number, fact) => this.answered(number, fact),
    })
  }

  /** Others take requests before these stop; where they cannot start, these go on. */
  restart(): void {
    if (this.next !== undefined) return
    const next = new WorkerGroup(this.count, {
      ready: (line) => {
        const before = this.group!
        this.group = next
        this.next = undefined
        this.terminal.out.write(this.withAdmin(line))
        this.former.add(before)
        void before.stop().then(() => this.former.delete(before))
      },
      failed: (code) => {
        if (this.group === next) {
          this.exitCode = code as ExitCode
          return this.fail()
        }
        this.terminal.err.write(`cannot restart: a new worker ended with ${code}; those before go on\n`)
        this.next = undefined
        void next.stop()
      },
      answered: (number, fact) => this.answered(number, fact),
    })
    this.next = next
  }

  async stop(): Promise<void> {
    this.admin?.close()
    const groups = [this.group, this.next, ...this.former].filter((group) => group !== undefined)
    await Promise.all(groups.map((group) => group.stop()))
  }

  /** All that have something to say answer as one. */
  private async ask<Q extends AdminQuestion>(what: Q, words?: string): Promise<AdminFacts[Q]> {
    // Those that end still count what they do.
    const groups = what === 'ready' ? [this.group] : [this.group, ...this.former]
    const members = groups.flatMap((group) => group?.members ?? [])
    if (what === 'drain') this.group?.retire()
    const answers = await Promise.all(members.map((worker) => this.answerOf<Q>(worker, what, words)))
    const facts = answers.filter((fact) => fact !== undefined)
    if (facts.length === 0) {
      if (what === 'ready') return false as AdminFacts[Q]
      throw new Error('no worker has answered')
    }
    return mergedFacts(what, facts)
  }

  private answerOf<Q extends AdminQuestion>(
    worker: WorkerGroup['members'][number],
    what: Q,
    words: string | undefined,
  ): Promise<AdminFacts[Q] | undefined> {
    const number = this.questions++
    return new Promise((resolve) => {
      const end = (fact: unknown): void => {
        clearTimeout(timer)
        this.asked.delete(number)
        resolve(fact as AdminFacts[Q] | undefined)
      }
      const timer = setTimeout(() => end(undefined), ANSWER_MS)
      this.asked.set(number, end)
      const question: QuestionMessage = { type: 'question', number, what, words }
      worker.send(question, (error) => {
        if (error !== null) end(undefined)
      })
    })
  }

  private answered(number: number, fact: unknown): void {
    this.asked.get(number)?.(fact)
  }

  private withAdmin(line: string): string {
    return this.admin === undefined ? line : line.replace(/\n$/, `, admin on ${this.admin.port}\n`)
  }
}
