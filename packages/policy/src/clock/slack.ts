import type { Clock } from './clock.js'
import { timersAreFake } from './system-clock.js'

/** Of a limit, at the most a sixty-fourth is slack. */
const SLACKS_IN_LIMIT = 64

/** A wait that has begun, and has no time yet. */
export interface Undated {
  /** Whether somebody will look after it. */
  isListed: boolean
  /** It began at the latest now, if it has not ended since. */
  date(now: number): void
}

/**
 * What reads the clock for calls that may be a little late: not as each of them begins, but once for all, as soon as the slack
 * is over. By then most are over too, and nobody had to know when they began. So a limit passes up to the slack late and
 * never early. Source: the timer slack of Linux, the ticks of hashed timer wheels.
 */
export class Slack {
  readonly slackMs: number
  /** What time it was at most the slack ago, or before the event loop was blocked: in whole milliseconds, which need no box. */
  lately: number = 0
  private readonly clock: Clock
  private listed: Undated[] = []

  constructor(clock: Clock, slackMs: number) {
    this.clock = clock
    this.slackMs = slackMs
  }

  /** Has a wait dated that begins now; it stays listed until then, however often it ends and begins anew. */
  list(wait: Undated): void {
    // Who fakes timers counts on every millisecond.
    if (timersAreFake()) return wait.date(this.look())
    wait.isListed = true
    if (this.listed.push(wait) > 1) return
    this.look()
    this.clock.setTimer(this.slackMs, () => this.dateAll())
  }

  private dateAll(): void {
    const { listed } = this
    const now = this.look()
    this.listed = []
    for (const wait of listed) {
      wait.isListed = false
      wait.date(now)
    }
  }

  private look(): number {
    const now = this.clock.now()
    this.lately = Math.floor(now)
    return now
  }
}

const slacks = new WeakMap<Clock, Slack>()

/** The slack of limits of this length by this clock; none where they are exact, as short ones are. */
export function slackOf(clock: Clock, limitMs: number): Slack | undefined {
  const { slackMs = Infinity } = clock
  if (limitMs < slackMs * SLACKS_IN_LIMIT) return undefined
  let slack = slacks.get(clock)
  if (slack === undefined) slacks.set(clock, (slack = new Slack(clock, slackMs)))
  return slack
}
