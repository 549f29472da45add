import { AMPLIFICATION_MAX } from '@watertight/manifest/tooling'
import type { CallOrder } from './call-order.js'
import { STANDARD_ATTEMPTS } from './standard-policy.js'
import type { SystemSketch } from './system-sketch.js'

/**
 * The services at the end of a way whose calls must not be retried: so many ways lead to them, or to a datastore behind
 * them, that second tries would turn one request from outside into a storm. Cost: such ends times calls.
 */
export function triedOnce({ services }: SystemSketch, order: CallOrder): ReadonlySet<string> {
  const ends = services
    .filter(({ name, kind }) => kind === 'service' && order.height(name) === 0)
    .map(({ name }) => name)
  const retried = new Set(ends)
  const reached = (end: string): readonly string[] => [end, ...order.callees(end)]
  const stormed = new Set(
    [...new Set(ends.flatMap(reached))].filter(
      (name) => mostRequests(name, order, retried) > AMPLIFICATION_MAX,
    ),
  )
  return new Set(ends.filter((end) => reached(end).some((name) => stormed.has(name))))
}

/** The most requests that one request to any service can become at the target, over all ways. */
function mostRequests(target: string, order: CallOrder, retried: ReadonlySet<string>): number {
  const arriving = new Map([[target, 1]])
  let most = 1
  for (const name of order.calleesFirst) {
    if (name === target) continue
    let sum = 0
    for (const callee of order.callees(name)) {
      sum += (retried.has(callee) ? STANDARD_ATTEMPTS : 1) * (arriving.get(callee) ?? 0)
    }
    arriving.set(name, sum)
    most = Math.max(most, sum)
  }
  return most
}
