import type { ControlClient, ProgramStatus } from '@watertight/supervisor'
import { proxiesOf } from '../up/proxies-of.js'
import { cannotDrill, type DrillPlan } from './drill-plan.js'

/** Has a fault strike the calls to the target of a drill, at every proxy that carries them. It ends by itself. */
export async function strike(plan: DrillPlan, run: ControlClient): Promise<void> {
  const { target, fault, delayMs, forMs, name } = plan
  const { proxies } = proxiesOf(target, (await run.status()).programs)
  const change = new URLSearchParams({
    to: target,
    for: `${forMs}ms`,
    ...(fault === 'latency' ? { delay: `${delayMs}ms` } : { status: '503' }),
  })
  const struck = await Promise.all(proxies.map((proxy) => ask(proxy, 'POST', change)))
  if (!struck.includes(true))
    throw cannotDrill(
      name,
      `no proxy carries the calls to ${target}`,
      'enforce: sidecar, below the service, puts one beside it',
    )
}

/** Ends it before its time. */
export async function unstrike(target: string, run: ControlClient): Promise<void> {
  const { proxies } = proxiesOf(target, (await run.status()).programs)
  await Promise.all(proxies.map((proxy) => ask(proxy, 'DELETE', new URLSearchParams({ to: target }))))
}

async function ask({ admin }: ProgramStatus, method: string, words: URLSearchParams): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${admin}/faults?${words.toString()}`, { method }).catch(
    () => undefined,
  )
  await answer?.body?.cancel()
  return answer?.ok === true
}
