import { observe, type ObserveOptions, type Snapshot } from '@watertight/console'
import type { StopRequests } from '../up/stop-requests.js'
import { isMeasured } from '../top/top-rows.js'
import type { BacklogWatch } from './backlog-watch.js'
import type { Disturbance } from './disturbance.js'
import type { DrillLoad } from './drill-load.js'
import { cannotDrill, type DrillPlan, placeOf } from './drill-plan.js'
import type { DrillOutcome } from './drill-record.js'
import { DrillWatch } from './drill-watch.js'
import { notify } from './notify.js'
import { obstacle, type Sight } from './trouble.js'
import type { WatchedPlace } from './watched-place.js'

/** After this much more than the objective allows, it is not waited for any longer. */
const PATIENCE_MS = 30_000
/** What cannot be measured by then is no ground for a drill. */
const CALM_MS = 30_000

/** What a drill works with. */
export interface DrillTools {
  readonly observed: ObserveOptions
  readonly disturbance: Disturbance
  readonly backlog: BacklogWatch
  readonly place: WatchedPlace | undefined
  readonly load: DrillLoad | undefined
  readonly requests: StopRequests
  /** Whether the system that is disturbed is there. */
  readonly isThere: () => boolean
  readonly say: (text: string) => void
}

/** A drill as it goes on: waits until all is calm, strikes, and follows it until all is well and done again, or it takes too long. */
export class ConductedDrill {
  readonly #plan: DrillPlan
  readonly #tools: DrillTools
  readonly #beganAtMs = performance.now()
  #watch: DrillWatch | undefined
  #at = 0
  #drainedAfterMs: number | null = null
  readonly #notified = { detected: false, recovered: false }

  constructor(plan: DrillPlan, tools: DrillTools) {
    this.#plan = plan
    this.#tools = tools
  }

  /** @throws CommandError when it cannot strike, or is ended before it is over */
  async run(): Promise<Omit<DrillOutcome, 'load' | 'verified' | 'scheduled'>> {
    const { observed, disturbance, requests, place, backlog } = this.#tools
    await backlog.begin()
    await place?.asked
    try {
      for await (const snapshot of observe(observed, requests.signal)) {
        if (!this.#tools.isThere()) throw cannotDrill(this.#plan.name, 'the system has ended meanwhile')
        if (this.#watch === undefined) await this.#strikeIfCalm(snapshot)
        else if (await this.#isOver(this.#watch, snapshot)) break
      }
    } catch (error) {
      await disturbance.end().catch(() => {})
      throw error
    }
    await disturbance.end()
    const watch = this.#watch
    if (watch === undefined || requests.isAsked)
      throw cannotDrill(this.#plan.name, 'it was ended before it was over')
    const { peak, givenUp } = backlog
    return {
      at: this.#at,
      watch,
      backlog: peak === null ? undefined : { peak, drainedAfterMs: this.#drainedAfterMs },
      lost: givenUp,
      notified: this.#plan.notify === undefined ? null : this.#notified,
    }
  }

  async #strikeIfCalm(snapshot: Snapshot): Promise<void> {
    const { disturbance, load, place, say } = this.#tools
    const { name, story, forMs, blow } = this.#plan
    const trouble = isMeasured(snapshot)
      ? obstacle(this.#plan, { snapshot, watched: place?.trouble, isFailing: load?.isFailing ?? false })
      : 'the system has not been measured yet'
    if (trouble !== undefined && performance.now() - this.#beganAtMs > CALM_MS)
      throw cannotDrill(name, trouble)
    if (trouble !== undefined) return
    const lasts = blow.kind === 'fault' ? ` for ${forMs / 1_000} s` : ''
    say(`${story}: the fault strikes ${placeOf(this.#plan)}${lasts}`)
    load?.begin()
    this.#at = Date.now()
    const startedAtMs = performance.now()
    await disturbance.begin()
    this.#watch = new DrillWatch(this.#plan, { startedAt: this.#at, startedAtMs })
  }

  async #isOver(watch: DrillWatch, snapshot: Snapshot): Promise<boolean> {
    const { load, place, backlog } = this.#tools
    await this.#endFault(watch)
    const nowMs = performance.now()
    const sight: Sight = { snapshot, watched: place?.trouble, isFailing: load?.isFailing ?? false }
    const before = watch.phase
    watch.look(sight, nowMs)
    if (watch.phase !== before) await this.#tell(watch)
    backlog.look(watch.startedAtMs)
    const { recoverMs, detectMs, forMs } = this.#plan
    if (nowMs - watch.startedAtMs > Math.max(forMs, detectMs) + recoverMs + PATIENCE_MS) return true
    return watch.recoveredAfterMs !== null && this.#hasDrained(watch.endedAtMs ?? nowMs)
  }

  async #endFault(watch: DrillWatch): Promise<void> {
    const { disturbance, say } = this.#tools
    const { name, forMs } = this.#plan
    if (disturbance.failure !== undefined) throw cannotDrill(name, disturbance.failure)
    if (watch.endedAtMs !== undefined) return
    if (disturbance.hasStruck) return watch.leftToHeal()
    if (performance.now() - watch.startedAtMs < forMs) return
    watch.faultEnded(performance.now())
    await disturbance.end()
    say('the fault has ended')
  }

  async #tell({ phase, detectedBy }: DrillWatch): Promise<void> {
    if (phase === 'undetected') return
    this.#tools.say(phase === 'detected' ? `detected by ${detectedBy}` : phase)
    if (this.#plan.notify !== undefined) this.#notified[phase] = await notify(this.#plan, phase)
  }

  /** Whether all is done that came before the end of the fault; so it is, too, where nobody tells. */
  #hasDrained(endedAtMs: number): boolean {
    const isDrained = this.#tools.backlog.hasDrained(endedAtMs)
    if (isDrained === true) {
      this.#drainedAfterMs ??= performance.now() - endedAtMs
      this.#tools.say('what had waited is done')
    }
    return isDrained ?? true
  }
}
