import type { DrillDocument, SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { durationMs } from '@watertight/manifest/units'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/** A drill of the document, with its defaults. */
export interface DrillPlan {
  readonly name: string
  readonly story: string
  readonly every: string
  readonly target: string
  readonly fault: NonNullable<DrillDocument['fault']>
  readonly delayMs: number
  readonly forMs: number
  readonly detectMs: number
  readonly recoverMs: number
  readonly notify: string | undefined
}

/**
 * The drill of this name.
 *
 * @throws CommandError when there is none, or it is one of people alone
 */
export function drillPlan(name: string, { document, services }: SystemModel): DrillPlan {
  const drills = document.drills ?? {}
  const drill = Object.hasOwn(drills, name) ? drills[name] : undefined
  if (drill === undefined)
    throw cannotDrill(name, `there is no such drill in the document; ${suggest(name, Object.keys(drills))}`)
  const { target, story, every, fault = 'latency', notify } = drill
  if (target === undefined || !services.has(target))
    throw cannotDrill(name, 'it names no target', 'write target, the service to disturb, below the drill')
  return {
    name,
    story,
    every,
    target,
    fault,
    delayMs: durationMs(drill.delay ?? '10s'),
    forMs: durationMs(drill.for ?? '30s'),
    detectMs: durationMs(drill.detect ?? '1m'),
    recoverMs: durationMs(drill.recover ?? '1m'),
    notify,
  }
}

export function cannotDrill(name: string, why: string, hint?: string): CommandError {
  const detail = { code: 'WT_DRILL', exitCode: EXIT.usage }
  return new CommandError(`cannot drill ${name}: ${why}`, hint === undefined ? detail : { ...detail, hint })
}
