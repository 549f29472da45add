import type { DrillDocument, SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { durationMs, percentageShare } from '@watertight/manifest/units'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/** How a drill strikes: by the proxies that carry the calls to its target, by the end of its processes, or by commands of its own. */
export type Blow =
  | { readonly kind: 'fault'; readonly fault: 'latency' | 'error'; readonly delayMs: number }
  | { readonly kind: 'kill' }
  | { readonly kind: 'command'; readonly strike: string; readonly heal: string | undefined }

/** A drill of the document, with its defaults. */
export interface DrillPlan {
  readonly name: string
  readonly story: string
  readonly every: string
  readonly target: string | undefined
  readonly blow: Blow
  readonly forMs: number
  /** A URL, or a path of the target. */
  readonly watch: string | undefined
  readonly verify: string | undefined
  readonly detectMs: number
  readonly recoverMs: number
  /** The share of requests that may fail, 0..1; 1 where the document does not say. */
  readonly failedMax: number
  readonly load: DrillDocument['load']
  readonly notify: string | undefined
}

/** Whether a machine can run it; the others are exercises of people. */
export function isRunnable({ target, strike }: DrillDocument): boolean {
  return (target ?? strike) !== undefined
}

/**
 * The drill of this name.
 *
 * @throws CommandError when there is none, or it is one of people alone
 */
export function drillPlan(name: string, { document, services }: SystemModel): DrillPlan {
  const drills = document.drills ?? {}
  const drill = Object.hasOwn(drills, name) ? drills[name] : undefined
  if (Object.keys(drills).length === 0)
    throw cannotDrill(name, 'the document has no drills', 'watertight drill --help shows how one is written')
  if (drill === undefined)
    throw cannotDrill(name, `there is no such drill in the document; ${suggest(name, Object.keys(drills))}`)
  const { target, story, every, watch, verify, load, notify, failed } = drill
  if (!isRunnable(drill) || (target !== undefined && !services.has(target)))
    throw cannotDrill(
      name,
      'it names no target',
      'write target, the service to disturb, below the drill, or strike, a command',
    )
  return {
    name,
    story,
    every,
    target,
    blow: blowOf(drill),
    forMs: durationMs(drill.for ?? '30s'),
    watch,
    verify,
    detectMs: durationMs(drill.detect ?? '1m'),
    recoverMs: durationMs(drill.recover ?? '1m'),
    failedMax: failed === undefined ? 1 : percentageShare(failed),
    load,
    notify,
  }
}

function blowOf({ strike, heal, fault = 'latency', delay = '10s' }: DrillDocument): Blow {
  if (strike !== undefined) return { kind: 'command', strike, heal }
  if (fault === 'kill') return { kind: 'kill' }
  return { kind: 'fault', fault, delayMs: durationMs(delay) }
}

/** What a drill disturbs, for people. */
export function placeOf({ target, blow }: Pick<DrillPlan, 'target' | 'blow'>): string {
  return target ?? (blow.kind === 'command' ? 'what the system stands on' : '')
}

/** What is done, for people: `answers 5 s late`. */
export function blowText(blow: Blow): string {
  if (blow.kind === 'command') return `is struck by \`${blow.strike}\``
  if (blow.kind === 'kill') return 'ends without warning, in all of its processes'
  return blow.fault === 'latency' ? `answers ${blow.delayMs / 1_000} s late` : 'answers 503'
}

export function cannotDrill(name: string, why: string, hint?: string): CommandError {
  const detail = { code: 'WT_DRILL', exitCode: EXIT.usage }
  return new CommandError(`cannot drill ${name}: ${why}`, hint === undefined ? detail : { ...detail, hint })
}
