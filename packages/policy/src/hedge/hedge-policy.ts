import { callback, flag, having, type Rules } from '../options/rules.js'
import { verdictOf, type FailurePredicates } from '../outcome/failure-predicates.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { withoutStack } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'
import { fork } from '../engine/fork.js'
import { NEXT, TURN, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { judge } from '../engine/judge.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { FIRST_TRY, FURTHER_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import { HedgeOvertakenError } from './errors.js'
import { HedgeDelay, HEDGE_STOP, type HedgeDelayOptions } from './hedge-delay.js'
import { HedgedRun, Race } from './race.js'

export interface HedgeOptions extends HedgeDelayOptions, FailurePredicates {
  /** Shared by everything that tries again at one destination. Default: none, every slow call may be hedged. */
  readonly budget?: RetryBudget | undefined
  /** Hedges even calls that their caller marked as not idempotent. Default `false`. */
  readonly nonIdempotent?: boolean | undefined
}

/** A hedge whose options can be changed. */
export interface HedgePolicy extends Policy {
  /** Replaces the options without losing the observed latencies. What is not given is back at its default. */
  reconfigure(options: HedgeOptions): void
}

/**
 * Starts a second run beside a slow one and takes the first success, so that a few slow answers do not make the
 * slowest calls.
 *
 * The first run starts at once, each further one after the delay, while any run is under way and the deadline and
 * the budget leave room. The first success wins: all other runs are given up (their signals are aborted with a
 * `HedgeOvertakenError`) and their results are discarded. To replace a failed run is for `retry` to do: when
 * all runs that were started have failed, the call fails at once, with the first failure, or with a refusal if
 * there was nothing else. A refused further run is the last one. Calls marked `idempotent: false` are never hedged.
 *
 * @throws {OptionError} when an option is unknown, out of its range or at odds with another
 * @example
 * const call = hedge({ quantile: 0.95, extra: 1 })
 * await call.execute(({ signal }) => fetch('data:,done', { signal }))
 */
export function hedge(options: HedgeOptions): HedgePolicy {
  return new HedgeStep(options)
}

class HedgeStep extends PolicyStep implements HedgePolicy {
  readonly name = 'hedge'
  readonly #decision: HedgeDelay
  #options: OwnOptions

  constructor(options: HedgeOptions) {
    super()
    this.#decision = new HedgeDelay(options, OWN_RULES)
    this.#options = options
  }

  reconfigure(options: HedgeOptions): void {
    this.#decision.reconfigure(options, OWN_RULES)
    this.#options = options
  }

  override newSlot(): Hedged {
    return { race: undefined, startedAt: 0, budget: undefined }
  }

  override enter(frame: Frame, index: number): Flow {
    const hedged = frame.slots[index] as Hedged
    const now = frame.now()
    const { budget } = this.#options
    hedged.race = undefined
    hedged.startedAt = now
    hedged.budget = budget === undefined || isReportedFurtherOut(frame, index, budget) ? undefined : budget
    hedged.budget?.start(now)
    if (!this.#mayHedge(frame, now)) return NEXT
    const race = new Race(frame, index)
    hedged.race = race
    this.#start(race, now, hedged.budget)
    this.#schedule(race, now)
    if (!race.over) return WAIT
    race.answer(frame)
    return TURN
  }

  /** Only a call that may not be hedged passes here: the others wait in this step. */
  override leave(frame: Frame, index: number): Flow {
    const { startedAt, budget } = frame.slots[index] as Hedged
    const verdict = judge(frame, this.#options)
    const now = frame.now()
    budget?.settle(FIRST_TRY, now, verdict, now - startedAt)
    if (verdict === 'success') this.#decision.record(now - startedAt)
    return NEXT
  }

  override cancel(frame: Frame, index: number): void {
    const { race, startedAt } = frame.slots[index] as Hedged
    // Out of time, as opposed to no longer wanted, tells something about the latency.
    if (frame.kind === FAILED && !race!.runs[0]!.over) this.#decision.record(frame.now() - startedAt)
    race!.drop(frame)
  }

  #mayHedge(frame: Frame, now: number): boolean {
    if (frame.options.idempotent === false && this.#options.nonIdempotent !== true) return false
    const delayMs = this.#decision.next(0)
    return delayMs !== HEDGE_STOP && now + delayMs < frame.deadline
  }

  /** Starts what is due, and sets the timer for what comes next. */
  #schedule(race: Race, now: number): void {
    while (!race.over && !race.stopped) {
      const delayMs = this.#decision.next(race.runs.length - 1)
      if (delayMs === HEDGE_STOP || now + delayMs >= race.frame!.deadline) return
      if (delayMs > 0) {
        race.timer = this.runtime.clock.setTimer(delayMs, () => this.#due(race, delayMs))
        return
      }
      this.#startFurther(race, now, 0)
    }
  }

  #due(race: Race, delayMs: number): void {
    const now = this.now
    race.timer = undefined
    this.#startFurther(race, now, delayMs)
    this.#schedule(race, now)
    if (race.over) conclude(race)
  }

  #startFurther(race: Race, now: number, delayMs: number): void {
    const { budget } = this.#options
    if (budget !== undefined && typeof budget.admit(now) !== 'number') {
      race.stopped = true
      return
    }
    if (this.observed) this.emit('hedge', { attempt: race.frame!.attempt + race.runs.length, delayMs })
    // A listener may have aborted the call.
    if (race.over) budget?.settle(FURTHER_TRY, now, 'ignored', 0)
    else this.#start(race, now, budget)
  }

  #start(race: Race, now: number, budget: RetryBudget | undefined): void {
    const frame = race.frame!
    const number = race.runs.length
    const run = new HedgedRun(now, number > 0)
    race.runs.push(run)
    race.starting = true
    const branch = fork(frame, race.index, frame.attempt + number, (over) =>
      this.#settled(race, run, over, budget),
    )
    race.starting = false
    // A run that is over has given its frame back, perhaps to another call.
    if (run.over) return
    run.branch = branch
    if (race.over) race.giveUp(run)
  }

  #settled(race: Race, run: HedgedRun, branch: Frame, budget: RetryBudget | undefined): void {
    let { kind, value } = branch
    const { fallback, abandoned } = branch
    run.over = true
    run.branch = undefined
    branch.release()
    if (abandoned !== undefined && race.frame !== undefined) (race.frame.abandoned ??= []).push(...abandoned)
    let verdict: Verdict = 'failure'
    try {
      verdict = verdictOf(kind, value, this.#options)
    } catch (error) {
      // A predicate threw: the run fails with that.
      if (kind === SUCCEEDED) discard(value)
      kind = FAILED
      value = error
    }
    const now = this.now
    budget?.settle(run.further ? FURTHER_TRY : FIRST_TRY, now, verdict, now - run.startedAt)
    if (race.over) {
      if (kind === SUCCEEDED) discard(value)
    } else if (verdict === 'success') {
      this.#observe(race, run, now)
      race.win(value, kind, fallback)
      this.#decide(race)
    } else {
      this.#lost(race, run, kind, value, fallback)
    }
  }

  #lost(race: Race, run: HedgedRun, kind: Kind, value: unknown, fallback: boolean): void {
    race.keep(kind, value, fallback)
    // Whoever refuses one further run is not helped by more of them.
    if (run.further && kind === REFUSED) race.stopped = true
    if (race.finished) this.#decide(race)
  }

  /** The first run counts also when it was overtaken, or slow ones would never be counted. */
  #observe(race: Race, winner: HedgedRun, now: number): void {
    const first = race.runs[0]!
    this.#decision.record(now - winner.startedAt)
    if (!first.over) this.#decision.record(now - first.startedAt)
  }

  #decide(race: Race): void {
    race.end(ABORTED, race.finished ? undefined : withoutStack(() => new HedgeOvertakenError()))
    if (!race.starting) conclude(race)
  }
}

/** What the hedge keeps for one call. */
interface Hedged {
  race: Race | undefined
  startedAt: number
  /** Where the first run is reported to. */
  budget: RetryBudget | undefined
}

type OwnOptions = Omit<HedgeOptions, keyof HedgeDelayOptions>

/** The call goes on with what was decided, unless it was cancelled meanwhile. */
function conclude(race: Race): void {
  const { frame, index } = race
  if (frame === undefined) return
  race.answer(frame)
  frame.resume(index, false)
}

/** A retry further out that spends from the same budget has reported the first try, which counts once. */
function isReportedFurtherOut(frame: Frame, index: number, budget: RetryBudget): boolean {
  for (let outer = 0; outer < index; outer++) {
    if (frame.plan.steps[outer]!.budget === budget) return true
  }
  return false
}

const OWN_RULES: Rules = {
  when: callback,
  whenResult: callback,
  budget: having('admit', 'a retry budget such as retryBudget()'),
  nonIdempotent: flag,
}
