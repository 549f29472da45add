import { timeLimitDefaults } from '@watertight/manifest/words'
import { RouteTable } from '../operations/route-table.js'
import { Verdicts } from '../verdict/verdicts.js'
import type { CallSettings } from './call-settings.js'

/** What the settings of a call come to, whoever drives it. Made once, and asked for each call. */
export interface CallRules {
  readonly verdicts: Verdicts
  readonly routes: RouteTable
  /** The longest that a call may take, in milliseconds. */
  readonly totalMs: number
  /** A total that was asked for covers the body too; the default ends with its head, for streams run for hours. */
  readonly limitsBody: boolean
}

export function callRules(settings: Pick<CallSettings, 'operations' | 'timeout'> & Judged): CallRules {
  const { operations, timeout } = settings
  const limits = timeout === false ? undefined : (timeout ?? {})
  return {
    verdicts: verdictsOf(settings),
    routes: new RouteTable(operations instanceof Map ? operations : Object.entries(operations ?? {})),
    totalMs: totalMsOf(timeout),
    limitsBody: limits !== undefined && (limits.totalCoversBody ?? limits.totalMs !== undefined),
  }
}

/** The longest that a call may take: a minute where nobody says. */
export function totalMsOf(timeout: CallSettings['timeout']): number {
  return timeout === false ? Infinity : (timeout?.totalMs ?? timeLimitDefaults.totalMs)
}

type Judged = Pick<CallSettings, 'answers' | 'breaker' | 'retry'>

/** What counts as a failure by these settings. */
export function verdictsOf({ answers, breaker, retry }: Judged): Verdicts {
  return new Verdicts({
    answers: answers ?? breaker?.answers,
    retryOn: retry === false ? undefined : retry?.on,
  })
}
