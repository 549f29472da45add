import type { IncomingMessage } from 'node:http'
import { clock as runtimeClock } from '../../runtime/clock.js'
import type { Answer } from '../answer.js'
import { Check, type CheckFunction, type CheckState } from './check.js'
import { checkHealthOptions, type AdminPageSource, type HealthOptions } from './health-options.js'

/** The part of a request that tells whether it is a probe. */
export type ProbeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

/** What a probe gets as its JSON body. */
export interface HealthReport {
  readonly status: 'ok' | 'failing' | 'starting' | 'draining'
  readonly checks: Readonly<Record<string, CheckState>>
}

/**
 * Answers `/healthz` (live: restart me if not), `/readyz` (ready: send me requests) and `/startupz`, with the state of
 * each check. Checks run at the same time, each with a time limit, and their results are kept for a moment.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const health = createHealth({ checks: { database: async () => {} } })
 * const guard = createServerGuard({ health })
 */
export function createHealth(options: HealthOptions = {}): Health {
  checkHealthOptions(options)
  return new Health(options)
}

export class Health {
  readonly #ready: readonly Check[]
  readonly #live: readonly Check[]
  readonly #pages: ReadonlyMap<string, (accept: string) => Promise<Answer>>
  #isStarted: boolean
  #isDraining: boolean = false

  constructor(options: HealthOptions) {
    const { timeoutMs = 1_000, cacheMs = 1_000, clock = runtimeClock, admin = {}, paths = {} } = options
    const { live = '/healthz', ready = '/readyz', startup = '/startupz' } = paths
    const toCheck = ([name, run]: [string, CheckFunction]): Check =>
      new Check(name, run, { timeoutMs, cacheMs, clock })
    this.#ready = Object.entries(options.checks ?? {}).map(toCheck)
    this.#live = Object.entries(options.liveChecks ?? {}).map(toCheck)
    this.#isStarted = options.waitForStart !== true
    this.#pages = new Map([
      [live, async () => answerOf(await this.live())],
      [ready, async () => answerOf(await this.ready())],
      [startup, async () => answerOf(this.startup())],
      ...Object.entries(admin).map(
        ([path, page]) => [path, (accept: string) => pageAnswer(page, accept)] as const,
      ),
    ])
  }

  /** The service is up: with `waitForStart`, probes succeed from now on. */
  started(): void {
    this.#isStarted = true
  }

  /** From now on the service is not ready, whatever its checks say. Its requests are still answered. */
  startDraining(): void {
    this.#isDraining = true
  }

  async live(): Promise<HealthReport> {
    return reportOf(await states(this.#live))
  }

  async ready(): Promise<HealthReport> {
    const report = reportOf(await states(this.#ready))
    if (this.#isDraining) return { ...report, status: 'draining' }
    return this.#isStarted ? report : { ...report, status: 'starting' }
  }

  startup(): HealthReport {
    return { status: this.#isStarted ? 'ok' : 'starting', checks: {} }
  }

  /** The answer to a probe, or `undefined` when the request is none. */
  respond({ method, url, headers }: ProbeRequest): Promise<Answer> | undefined {
    if (url === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
    return this.#pages
      .get(pathOf(url))?.(headers.accept ?? '')
      .catch(failedPage)
  }
}

async function states(checks: readonly Check[]): Promise<Record<string, CheckState>> {
  const pairs = checks.map(async (check) => [check.name, await check.state()] as const)
  return Object.fromEntries(await Promise.all(pairs))
}

function reportOf(checks: Readonly<Record<string, CheckState>>): HealthReport {
  const isFailing = Object.values(checks).some(({ status }) => status !== 'ok')
  return { status: isFailing ? 'failing' : 'ok', checks }
}

function answerOf(report: HealthReport): Answer {
  return {
    status: report.status === 'ok' ? 200 : 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${JSON.stringify(report)}\n`,
  }
}

async function pageAnswer(page: AdminPageSource, accept: string): Promise<Answer> {
  const { contentType, body } = await page(accept)
  if (typeof contentType !== 'string' || typeof body !== 'string')
    throw new TypeError('cannot show page: it must be { contentType, body }, both strings')
  return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body }
}

function failedPage(error: unknown): Answer {
  console.error(error)
  return {
    status: 500,
    headers: { 'content-type': 'text/plain' },
    body: 'this page failed; the log says why\n',
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
