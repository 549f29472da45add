import type { SystemModel } from '@watertight/manifest'
import { DrillFolder, type KeptRecord } from '../drill-folder.js'
import { isRunnable } from '../drill-plan.js'
import { drillTimes, SeenDrills } from './drill-times.js'
import { type DrillTimes, nextDue } from './next-due.js'

/** What the schedule tells. */
export interface DrillEvent {
  readonly kind: 'drill'
  readonly drill: string
  readonly phase: 'planned' | 'missed' | 'began' | 'said' | 'ended' | 'refused'
  readonly text: string
}

/** One drill that runs, in a process of its own. */
export interface RunningDrill {
  /** What came of it, or why it did not run. Never rejects. */
  readonly ended: Promise<KeptRecord>
  stop(): Promise<void>
}

export interface DrillScheduleOptions {
  /** The document in force. */
  readonly model: () => SystemModel
  readonly runFolder: string
  readonly start: (drill: string, say: (text: string) => void) => RunningDrill
  readonly tell: (event: DrillEvent) => void
  /** How to have none run, said when one is planned. */
  readonly optOut?: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const TICK_MS = 1_000
/** What was missed, or is due when the system starts, waits for so long: it has only just become ready, and people shall read of it. */
const SETTLE_MS = 60_000
/** A drill that is later than this was missed, because the machine slept or nothing ran. */
const LATE_MS = 300_000

/** Runs the drills of a document by their `every`, one at a time, for as long as the system runs. */
export class DrillSchedule {
  readonly #options: DrillScheduleOptions
  readonly #folder: DrillFolder
  readonly #seen: SeenDrills
  readonly #startedAt: number
  readonly #timer: NodeJS.Timeout
  /** When each is due, as it was told last. */
  readonly #told = new Map<string, number>()
  readonly #missed = new Map<string, number>()
  #running: RunningDrill | undefined
  /** Since when no drill has run here: what was due before had to wait for one, and was not missed. */
  #freeSince = 0
  #isClosed = false

  /** Begins at once: all that the document runs is to be ready. */
  constructor(options: DrillScheduleOptions) {
    this.#options = options
    this.#folder = new DrillFolder(options.runFolder)
    this.#seen = new SeenDrills(options.runFolder)
    this.#startedAt = options.now()
    this.#timer = setInterval(() => this.look(), TICK_MS)
    this.look()
  }

  /** Starts what is due, unless a drill runs. */
  look(): void {
    if (this.#running !== undefined || this.#isClosed) return
    const now = this.#options.now()
    const due = this.#times(now)
      .map((times) => ({ times, at: this.#dueAt(times, now) }))
      .sort((one, other) => one.at - other.at)
    for (const { times, at } of due) this.#plan(times.name, at)
    const [first] = due
    if (first !== undefined && first.at <= now) this.#start(first.times.name)
  }

  /** Ends the drill that runs, with its fault, and starts no other. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#running?.stop()
    await this.#running?.ended
  }

  #times(now: number): DrillTimes[] {
    const model = this.#options.model()
    const drills = Object.entries(model.document.drills ?? {})
    const names = drills.filter(([, drill]) => isRunnable(drill)).map(([name]) => name)
    if (names.length === 0) return []
    return drillTimes(model, this.#seen.see(names, now), this.#folder.records())
  }

  /** One that was missed runs once the system has settled, however often it was missed. */
  #dueAt(times: DrillTimes, now: number): number {
    const at = nextDue(times)
    const settledAt = this.#startedAt + Math.min(SETTLE_MS, times.everyMs)
    if (
      now - Math.max(at, this.#freeSince) > Math.min(LATE_MS, times.everyMs) &&
      this.#missed.get(times.name) !== at
    ) {
      this.#missed.set(times.name, at)
      this.#miss(times, at, now)
    }
    return Math.max(at, settledAt)
  }

  #miss({ name, everyMs }: DrillTimes, at: number, now: number): void {
    const times = Math.floor((now - at) / everyMs) + 1
    const why = `it was due at ${timeText(at)}, when the system did not run${times > 1 ? `, and ${times - 1} more times since` : ''}`
    this.#folder.keep({ schemaVersion: 1, kind: 'missed', ok: false, drill: name, scheduled: true, at, why })
    this.#tell(name, 'missed', `was missed: ${why}`)
  }

  #plan(name: string, at: number): void {
    if (this.#told.get(name) === at) return
    this.#told.set(name, at)
    const { optOut } = this.#options
    this.#tell(name, 'planned', `is due at ${timeText(at)}${optOut === undefined ? '' : `; ${optOut}`}`)
  }

  #start(name: string): void {
    this.#tell(name, 'began', 'begins: the document has it run by schedule')
    const running = this.#options.start(name, (text) => this.#tell(name, 'said', text))
    this.#running = running
    void running.ended.then((record) => {
      this.#running = undefined
      this.#freeSince = this.#options.now()
      if (record.kind === 'drill')
        return this.#tell(name, 'ended', record.ok ? 'met all objectives' : 'missed an objective')
      if (this.#isClosed) return undefined
      this.#folder.keep(record)
      return this.#tell(name, 'refused', `did not run: ${record.why}`)
    })
  }

  #tell(drill: string, phase: DrillEvent['phase'], text: string): void {
    this.#options.tell({
      kind: 'drill',
      drill,
      phase,
      text: `drill ${drill} ${phase === 'said' ? `| ${text}` : text}`,
    })
  }
}

/** `2026-11-29 14:48`, by the clock of the wall. */
export function timeText(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
