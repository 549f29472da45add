import type { ControlClient, ProgramStatus } from '@watertight/supervisor'
import { proxiesOf } from '../up/proxies-of.js'
import { CommandDisturbance } from './command-disturbance.js'
import type { Disturbance } from './disturbance.js'
import { type Blow, cannotDrill, type DrillPlan } from './drill-plan.js'
import type { ShellPlace } from './run-shell.js'

/** How a drill of the document strikes. */
export function disturbanceOf(plan: DrillPlan, run: ControlClient, place: ShellPlace): Disturbance {
  return plan.blow.kind === 'command'
    ? new CommandDisturbance(plan, plan.blow, place)
    : faultDisturbance(plan, plan.blow, run)
}

/** Has a fault strike the calls to the target of a drill, at every proxy that carries them. It ends by itself. */
function faultDisturbance(
  { target = '', forMs, name }: DrillPlan,
  { fault, delayMs }: Extract<Blow, { kind: 'fault' }>,
  run: ControlClient,
): Disturbance {
  const atAll = async (method: string, words: Readonly<Record<string, string>>): Promise<boolean[]> => {
    const { proxies } = proxiesOf(target, (await run.status()).programs)
    return await Promise.all(proxies.map((proxy) => ask(proxy, method, new URLSearchParams(words))))
  }
  return {
    hasStruck: false,
    failure: undefined,
    begin: async () => {
      const what: Record<string, string> = fault === 'latency' ? { delay: `${delayMs}ms` } : { status: '503' }
      if ((await atAll('POST', { to: target, for: `${forMs}ms`, ...what })).includes(true)) return
      throw cannotDrill(
        name,
        `no proxy carries the calls to ${target}`,
        'enforce: sidecar, below the service, puts one beside it',
      )
    },
    end: async () => void (await atAll('DELETE', { to: target })),
  }
}

async function ask({ admin }: ProgramStatus, method: string, words: URLSearchParams): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${admin}/faults?${words.toString()}`, { method }).catch(
    () => undefined,
  )
  await answer?.body?.cancel()
  return answer?.ok === true
}
