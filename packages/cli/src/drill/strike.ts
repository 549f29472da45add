import type { ControlClient, ProgramStatus } from '@watertight/supervisor'
import { cannotDrill, type DrillPlan } from './drill-plan.js'

/** Has a fault strike the calls to the target of a drill, at every proxy that carries them. It ends by itself. */
export async function strike(plan: DrillPlan, run: ControlClient): Promise<void> {
  const { target, fault, delayMs, forMs, name } = plan
  const proxies = proxiesOf(target, (await run.status()).programs)
  const change = new URLSearchParams({
    to: target,
    for: `${forMs}ms`,
    ...(fault === 'latency' ? { delay: `${delayMs}ms` } : { status: '503' }),
  })
  const struck = await Promise.all(proxies.map((admin) => ask(admin, 'POST', change)))
  if (!struck.includes(true))
    throw cannotDrill(
      name,
      `no proxy carries the calls to ${target}`,
      'enforce: sidecar, below the service, puts one beside it',
    )
}

/** Ends it before its time. */
export async function unstrike(target: string, run: ControlClient): Promise<void> {
  const proxies = proxiesOf(target, (await run.status()).programs)
  await Promise.all(proxies.map((admin) => ask(admin, 'DELETE', new URLSearchParams({ to: target }))))
}

/** Those beside the target, through which all of its callers go; without them, all that may call it. */
function proxiesOf(target: string, programs: readonly ProgramStatus[]): number[] {
  const proxies = programs.filter(({ kind }) => kind === 'sidecar' || kind === 'gateway')
  const own = proxies.filter(({ service }) => service === target)
  return (own.length > 0 ? own : proxies).flatMap(({ admin }) => admin ?? [])
}

async function ask(admin: number, method: string, words: URLSearchParams): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${admin}/faults?${words.toString()}`, { method }).catch(
    () => undefined,
  )
  await answer?.body?.cancel()
  return answer?.ok === true
}
