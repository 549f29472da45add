import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { type ControlClient, isSuccess, Load, type LoadReport } from '@watertight/supervisor'
import { type LoadTarget, loadTarget } from '../up/load-target.js'
import type { WantedLoad } from '../up/up-load.js'
import { Outage } from './outage.js'

const LAST_ANSWERS_MS = 15_000

export interface DrillLoadOptions {
  readonly wanted: WantedLoad
  readonly run: ControlClient
  readonly target: Pick<LoadTarget, 'authority'>
  /** Where what was promised is written, a line of JSON each; undefined where nobody asks. */
  readonly acknowledged: string | undefined
}

/** The requests of a drill: they come before it, and count from its beginning. */
export class DrillLoad {
  readonly #load: Load
  readonly #acknowledged: WriteStream | undefined
  #outage = new Outage()
  #report: LoadReport | undefined

  private constructor(load: (heard: DrillLoad) => Load, acknowledged: WriteStream | undefined) {
    this.#acknowledged = acknowledged
    this.#load = load(this)
  }

  static async start({ wanted, run, target, acknowledged }: DrillLoadOptions): Promise<DrillLoad> {
    const where = await loadTarget(run, target)
    if (acknowledged !== undefined) mkdirSync(dirname(acknowledged), { recursive: true })
    const file = acknowledged === undefined ? undefined : createWriteStream(acknowledged, { flags: 'w' })
    return new DrillLoad(
      (drill) =>
        new Load({
          ...wanted,
          ...where,
          onAnswer: ({ outcome, body, number, request, dueAtMs }) => {
            const isGood = isSuccess(outcome)
            drill.#outage.record(isGood, dueAtMs, performance.now())
            if (file === undefined || !isGood) return
            const { method, path } = request
            file.write(`${JSON.stringify({ number, method, path, status: Number(outcome), body })}\n`)
          },
          ...(file === undefined ? {} : { keepsBody: true }),
        }),
      file,
    )
  }

  /** What came before is of no interest, but for what it was promised. */
  begin(): void {
    this.#outage = new Outage()
    this.#load.look()
  }

  get isFailing(): boolean {
    return this.#outage.isFailing(performance.now())
  }

  /** See {@link Outage}. */
  get outageMs(): number | null {
    return this.#outage.lastedMs
  }

  /** Sends no more, waits for what is under way, and tells what has become of requests since the beginning. */
  async stop(): Promise<LoadReport> {
    if (this.#report !== undefined) return this.#report
    await this.#load.stop(LAST_ANSWERS_MS)
    this.#report = this.#load.look()
    if (this.#acknowledged !== undefined) {
      this.#acknowledged.end()
      await once(this.#acknowledged, 'close')
    }
    return this.#report
  }
}
