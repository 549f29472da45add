import { setTimeout as sleep } from 'node:timers/promises'
import type { Disturbance } from './disturbance.js'
import { type Blow, cannotDrill, type DrillPlan } from './drill-plan.js'
import { runShell, type ShellCommand, type ShellPlace } from './run-shell.js'

/** What takes longer than this to heal has hung. */
const HEAL_MS = 60_000
/** A command that cannot do its work at all says so soon. */
const REFUSAL_MS = 500

/** Strikes by a command of the document, and heals by another. */
export class CommandDisturbance implements Disturbance {
  failure: string | undefined = undefined
  readonly #name: string
  readonly #blow: Extract<Blow, { kind: 'command' }>
  readonly #place: ShellPlace
  #striking: ShellCommand | undefined
  #hasEnded = false

  constructor({ name }: DrillPlan, blow: Extract<Blow, { kind: 'command' }>, place: ShellPlace) {
    this.#name = name
    this.#blow = blow
    this.#place = place
  }

  get hasStruck(): boolean {
    return this.#striking?.hasEnded === true && this.#blow.heal === undefined
  }

  async begin(): Promise<void> {
    const { strike } = this.#blow
    const striking = runShell(strike, this.#place)
    this.#striking = striking
    const ended = striking.ended.then((how) => {
      // One that is ended by the drill has not failed.
      if (how !== undefined && !this.#hasEnded) this.failure = `strike has failed (${how}): ${strike}`
    })
    await Promise.race([ended, sleep(REFUSAL_MS)])
    if (this.failure !== undefined) throw cannotDrill(this.#name, this.failure)
  }

  async end(): Promise<void> {
    if (this.#striking === undefined || this.#hasEnded) return
    this.#hasEnded = true
    const { heal } = this.#blow
    if (!this.#striking.hasEnded) await this.#striking.stop()
    if (heal === undefined) return
    const healing = runShell(heal, this.#place)
    const late = `no end within ${HEAL_MS / 1_000} s`
    const how = await Promise.race([healing.ended, sleep(HEAL_MS, late, { ref: false })])
    if (!healing.hasEnded) await healing.stop()
    if (how !== undefined) throw cannotDrill(this.#name, `heal has failed (${how}): ${heal}`)
  }
}
