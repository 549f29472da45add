import { readFile } from 'node:fs/promises'
import { ControlClient, groupCpuMs, type ProgramStatus, type RecordedEvent } from '@watertight/supervisor'
import { PolledSource } from './polled-source.js'

/** How the programs of a run are. */
export interface RunReading {
  readonly gateway: string | null
  readonly programs: readonly ProgramStatus[]
  /** The share of a core that the process of this id, and what it has started, used lately. */
  readonly cpuOf: ReadonlyMap<number, number>
  /** The memory that the process of this id holds; of Linux. */
  readonly memoryOf: ReadonlyMap<number, number>
}

export interface RunSourceOptions {
  readonly everyMs: number
  readonly deadlineMs: number
  /** Hears what happened since the last reading. */
  readonly onEvents: (events: readonly RecordedEvent[], programs: readonly ProgramStatus[]) => void
}

/** Speaks to `watertight up`, wherever it is at the moment: one that has started again is found again. */
export class RunSource {
  readonly source: PolledSource<RunReading>
  readonly #folder: string
  readonly #onEvents: RunSourceOptions['onEvents']
  #client: ControlClient | undefined
  /** The last that was found. */
  #last: ControlClient | undefined
  /** Of which process of a run the last event was, and which. */
  #heard = { pid: 0, id: 0 }
  #cpu: { readonly atMs: number; readonly usedMs: ReadonlyMap<number, number> } | undefined

  /** `folder` is that of the run: `.watertight` beside its document. */
  constructor(folder: string, options: RunSourceOptions) {
    this.#folder = folder
    this.#onEvents = options.onEvents
    this.source = new PolledSource({
      name: 'supervisor',
      kind: 'supervisor',
      place: folder,
      everyMs: options.everyMs,
      deadlineMs: options.deadlineMs,
      read: () => this.#read(),
    })
  }

  /** Whether the process of the run is there, though it may be too busy to say how it is: it can be asked to change something. */
  get isThere(): boolean {
    return this.#last?.isAlive === true
  }

  /**
   * Whoever answers for the run.
   *
   * @throws Error when nothing runs
   */
  async client(): Promise<ControlClient> {
    this.#client ??= await ControlClient.find(this.#folder)
    this.#last = this.#client ?? this.#last
    if (this.#client !== undefined) return this.#client
    throw new Error('no watertight up runs this document')
  }

  async #read(): Promise<RunReading> {
    const client = await this.client()
    try {
      const { gateway, programs } = await client.status()
      await this.#hear(client, programs)
      return { gateway, programs, cpuOf: await this.#cpuShares(), memoryOf: await memoryOf(programs) }
    } catch (error) {
      // Perhaps another run has taken its place.
      this.#client = undefined
      throw error
    }
  }

  async #hear(client: ControlClient, programs: readonly ProgramStatus[]): Promise<void> {
    const { pid } = client
    if (this.#heard.pid !== pid) this.#heard = { pid, id: 0 }
    const events = await client.events(this.#heard.id)
    this.#heard = { pid, id: events.at(-1)?.id ?? this.#heard.id }
    if (events.length > 0) this.#onEvents(events, programs)
  }

  async #cpuShares(): Promise<ReadonlyMap<number, number>> {
    const before = this.#cpu
    const usedMs = await groupCpuMs()
    if (usedMs === undefined) return new Map()
    const atMs = performance.now()
    this.#cpu = { atMs, usedMs }
    if (before === undefined) return new Map()
    return new Map(
      [...usedMs].flatMap(([pid, used]) => {
        const former = before.usedMs.get(pid)
        if (former === undefined || atMs === before.atMs) return []
        return [[pid, Math.round((Math.max(0, used - former) / (atMs - before.atMs)) * 100) / 100] as const]
      }),
    )
  }
}

const PAGE_BYTES = 4_096

async function memoryOf(programs: readonly ProgramStatus[]): Promise<ReadonlyMap<number, number>> {
  const pids = programs.flatMap(({ pid }) => pid ?? [])
  const held = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')).split(' ')
      return words.length < 2 ? [] : [[pid, Number(words[1]) * PAGE_BYTES] as const]
    }),
  )
  return new Map(held.flat())
}
