import {
  callback,
  checkOptions,
  flag,
  having,
  nested,
  number,
  record,
  refusedOption,
  type Rule,
} from '@watertight/policy/options'
import type { Clock } from '../../runtime/clock.js'
import type { CheckFunction } from './check.js'

/** What a path added to the health routes answers. */
export interface AdminPage {
  readonly contentType: string
  readonly body: string
}

export type AdminPageSource = (accept: string) => AdminPage | Promise<AdminPage>

export interface HealthOptions {
  /** What must work before the service takes requests, by name: throws, rejects or answers `false` when it does not. At most 50. */
  readonly checks?: Readonly<Record<string, CheckFunction>>
  /** What keeps a running process from ever working again, such as a lost lock: a failure asks for a restart. */
  readonly liveChecks?: Readonly<Record<string, CheckFunction>>
  /** How long one check may take, in milliseconds. Default 1000. */
  readonly timeoutMs?: number
  /** How long a result is given again, in milliseconds: probes must not become load. Default 1000. */
  readonly cacheMs?: number
  /** The service is up only after `started()` is called. Default `false`: it is up at once. */
  readonly waitForStart?: boolean
  /** Where the probes are answered. Default `/healthz`, `/readyz` and `/startupz`. */
  readonly paths?: { readonly live?: string; readonly ready?: string; readonly startup?: string }
  /** More pages by path, such as `/metrics`: functions of the `Accept` header, which is empty when there is none. */
  readonly admin?: Readonly<Record<string, AdminPageSource>>
  /** For tests. Default the one that policies read. */
  readonly clock?: Clock
}

const CHECKS_MAX = 50

const checks: Rule = {
  allowed: `an object with at most ${CHECKS_MAX} checks`,
  accepts: (value) => record.accepts(value) && Object.keys(value as object).length <= CHECKS_MAX,
}
const path: Rule = {
  allowed: "a path that begins with '/'",
  accepts: (value) => typeof value === 'string' && value.startsWith('/'),
}
const pages: Rule = {
  allowed: "an object of pages by paths that begin with '/'",
  accepts: (value) => record.accepts(value) && Object.keys(value as object).every(path.accepts),
}
const rules = {
  checks,
  liveChecks: checks,
  timeoutMs: number('a number >= 1', (value) => value >= 1),
  cacheMs: number('a number >= 0', (value) => value >= 0),
  waitForStart: flag,
  paths: nested({ live: path, ready: path, startup: path }),
  admin: pages,
  clock: having('setTimer', 'a clock'),
}

/** @throws {OptionError} when an option is unknown or out of its range */
export function checkHealthOptions(options: HealthOptions): void {
  checkOptions('health', options, rules)
  for (const option of ['checks', 'liveChecks', 'admin'] as const) {
    for (const [name, run] of Object.entries(options[option] ?? {})) {
      if (!callback.accepts(run)) throw refusedOption('health', `${option}.${name}`, callback.allowed, run)
    }
  }
}
