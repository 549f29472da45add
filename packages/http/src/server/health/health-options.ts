import { OptionError } from '@watertight/policy'
import type { Clock } from '../../runtime/clock.js'
import { checkKnown, checkNumber, quote } from '../../options/option-checks.js'
import type { CheckFunction } from './check.js'

/** What a path added to the health routes answers. */
export interface AdminPage {
  readonly contentType: string
  readonly body: string
}

export type AdminPageSource = (accept: string) => AdminPage | Promise<AdminPage>

export interface HealthOptions {
  /** What must work before the service takes requests, by name: throws or rejects when it does not. At most 50. */
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
  /** For tests. Default the platform's. */
  readonly clock?: Clock
}

const CHECKS_MAX = 50

/** @throws {OptionError} when an option is unknown or out of its range */
export function checkHealthOptions(options: HealthOptions): void {
  const subject = 'health'
  const known = ['checks', 'liveChecks', 'timeoutMs', 'cacheMs', 'waitForStart', 'paths', 'admin', 'clock']
  checkKnown(subject, options, known)
  checkNumber(subject, 'timeoutMs', options.timeoutMs, { min: 1 })
  checkNumber(subject, 'cacheMs', options.cacheMs, { min: 0 })
  checkKnown(subject, options.paths ?? {}, ['live', 'ready', 'startup'])
  for (const path of [...Object.values(options.paths ?? {}), ...Object.keys(options.admin ?? {})]) {
    if (path.startsWith('/')) continue
    throw new OptionError(`cannot create health: a path must begin with '/', got ${quote(path)}`, 'paths')
  }
  for (const name of ['checks', 'liveChecks'] as const) {
    const count = Object.keys(options[name] ?? {}).length
    checkNumber(subject, `number of ${name}`, count, { min: 0, max: CHECKS_MAX })
  }
}
