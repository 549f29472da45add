import { readFileSync } from 'node:fs'
import type { SystemModel } from '@watertight/manifest'
import { Load, type LoadPlan, type LoadReport, type Run } from '@watertight/supervisor'
import type { Terminal } from '../program/terminal.js'
import { processUrls } from './load-target.js'
import { cannot, readLoadPlan, readRate } from './read-load.js'

export interface UpLoadOptions {
  /** `50/s`. */
  readonly load?: string
  readonly loadRequest?: readonly string[]
}

/** A load that is wanted, and has been understood. */
export interface WantedLoad {
  readonly ratePerSecond: number
  readonly plan: LoadPlan
}

/** What the command tells of its load: of the last seconds, and at the end of all of it. */
export type LoadEvent =
  ({ readonly kind: 'load' } & LoadReport) | ({ readonly kind: 'load-total' } & LoadReport)

const REPORT_MS = 5_000
/** Requests that are under way get so long to be answered before the system is stopped. */
const LAST_ANSWERS_MS = 5_000

/** Reads what is asked for before anything is started. */
export async function wantedLoad(
  { load, loadRequest = [] }: UpLoadOptions,
  model: SystemModel,
  terminal: Terminal,
): Promise<WantedLoad | undefined> {
  if (load === undefined) {
    if (loadRequest.length > 0) throw cannot('--load-request needs a rate', 'add --load 50/s')
    return undefined
  }
  const ratePerSecond = readRate(load)
  return { ratePerSecond, plan: await readLoadPlan(loadRequest, model, terminal) }
}

/** A load that runs. */
export class UpLoad {
  readonly #load: Load
  readonly #show: (event: LoadEvent) => void
  readonly #timer: NodeJS.Timeout

  constructor(wanted: WantedLoad, run: Run, show: (event: LoadEvent) => void) {
    const authority = run.gatewayAuthority
    this.#load = new Load({
      ...wanted,
      url: run.gatewayUrl,
      urlsOf: (service) => processUrls(service, run.status()),
      authority: authority === undefined ? undefined : readFileSync(authority, 'utf8'),
    })
    this.#show = show
    this.#timer = setInterval(() => show({ kind: 'load', ...this.#load.look() }), REPORT_MS)
  }

  /** Sends no more, waits for what is under way, and tells what has become of all. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#load.stop(LAST_ANSWERS_MS)
    this.#show({ kind: 'load-total', ...this.#load.total() })
  }
}

/** `GET /orders and POST /orders in turn, 50/s` */
export function describeLoad({ ratePerSecond, plan }: WantedLoad): string {
  const rate = `${Math.round(ratePerSecond * 100) / 100}/s`
  const requests =
    plan.shown.length > 4 ? [...plan.shown.slice(0, 3), `${plan.shown.length - 3} others`] : plan.shown
  return `${rate} of ${requests.join(', ')}${requests.length > 1 ? ' in turn' : ''}`
}

/** `49.8/s  99.6% good  p50 3.1 ms  p99 40.2 ms  200: 248  503: 1` */
export function describeLoadEvent({ kind, ...report }: LoadEvent): string {
  const { ratePerSecond, successShare, p50Ms, p99Ms, outcomes, requests, seconds } = report
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome}: ${count}`)
  // 99.99% must not look like all.
  const good = Math.floor(successShare * 1_000) / 10
  return [
    kind === 'load' ? 'load' : `load in all: ${requests} requests in ${seconds} s,`,
    `${ratePerSecond.toFixed(1)}/s `,
    `${good}% good `,
    `p50 ${p50Ms} ms `,
    `p99 ${p99Ms} ms `,
    counts.join('  '),
  ].join(' ')
}
