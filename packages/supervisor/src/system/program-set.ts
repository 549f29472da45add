import type { Program } from '../plan/program.js'
import type { GroupGuard } from '../processes/group-guard.js'
import { SupervisedProgram } from '../processes/supervised-program.js'
import type { RunEvent } from './run-event.js'

export interface ProgramSetOptions {
  readonly guard: GroupGuard
  /** Services that are not started. */
  readonly without: readonly string[]
  readonly onEvent: (event: RunEvent) => void
}

/** All programs of a run that are supervised. */
export class ProgramSet {
  readonly #options: ProgramSetOptions
  readonly #programs = new Map<string, SupervisedProgram>()
  #planned: readonly Program[] = []
  #isStopping = false

  constructor(options: ProgramSetOptions) {
    this.#options = options
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  get names(): string[] {
    return [...this.#programs.keys()]
  }

  /** What is planned and supervised. */
  get planned(): readonly Program[] {
    return this.#planned.filter(({ name }) => this.#programs.has(name))
  }

  get(name: string): SupervisedProgram | undefined {
    return this.#programs.get(name)
  }

  /** Takes on what is planned and not there yet; what is there stays as it is. */
  add(planned: readonly Program[]): void {
    const { guard, without, onEvent } = this.#options
    this.#planned = planned
    for (const program of planned) {
      if (this.#programs.has(program.name) || without.includes(program.service)) continue
      this.#programs.set(program.name, new SupervisedProgram(program, guard, onEvent))
    }
  }

  /** Has its place taken by what is planned now. */
  replace(name: string): void {
    this.#programs.delete(name)
    this.add(this.#planned)
  }

  /** Starts all of them, each after what it needs; `start` says what is waited for. */
  async start(start: (program: SupervisedProgram) => Promise<unknown>): Promise<void> {
    const all = [...this.#programs.values()].map(async (program) => {
      const needed = program.program.after.flatMap((name) => this.#programs.get(name) ?? [])
      if (!this.#isStopping) await Promise.all(needed.map(start))
      if (!this.#isStopping) await start(program)
    })
    await Promise.all(all)
  }

  /** Those that are no longer planned. */
  leaving(): SupervisedProgram[] {
    const planned = new Set(this.#planned.map(({ name }) => name))
    return [...this.#programs.values()].filter(({ program }) => !planned.has(program.name))
  }

  /** Those first that are leaving. */
  inStopOrder(): SupervisedProgram[] {
    return [...this.leaving(), ...this.#planned.flatMap(({ name }) => this.#programs.get(name) ?? [])]
  }

  async remove(program: SupervisedProgram): Promise<void> {
    await program.stop()
    this.#programs.delete(program.program.name)
  }

  /** Starts no more, and stops them in order. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const program of this.inStopOrder()) await program.stop()
  }

  /** Starts no more, and ends all now. */
  async kill(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#programs.values()].map((program) => program.kill()))
  }
}
