import type { ControlClient, ProgramStatus } from '@watertight/supervisor'
import { proxiesOf } from '../up/proxies-of.js'
import { CommandDisturbance } from './command-disturbance.js'
import type { Disturbance } from './disturbance.js'
import { type Blow, cannotDrill, type DrillPlan } from './drill-plan.js'
import type { ShellPlace } from './run-shell.js'

/** How a drill of the document strikes. */
export function disturbanceOf(plan: DrillPlan, run: ControlClient, place: ShellPlace): Disturbance {
  const { blow } = plan
  if (blow.kind === 'command') return new CommandDisturbance(plan, blow, place)
  return blow.kind === 'kill' ? killing(plan, run) : faultDisturbance(plan, blow, run)
}

/** All processes of the target end without warning. Whoever runs them starts them again: nothing of it is ended by the drill. */
function killing({ target = '', name }: DrillPlan, run: ControlClient): Disturbance {
  let hasStruck = false
  return {
    get hasStruck() {
      return hasStruck
    },
    failure: undefined,
    begin: async () => {
      await run.signal(target, 'SIGKILL').catch((error: unknown) => {
        throw cannotDrill(name, (error as Error).message)
      })
      hasStruck = true
    },
    end: async () => {},
  }
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
