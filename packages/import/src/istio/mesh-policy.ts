import type { Setting } from '../settings/setting.js'
import { durationText } from '../settings/values.js'
import { Block } from '../writing/block.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { timeoutBlock } from './gateway-routes.js'
import { retryBlock } from './retries.js'
import { trafficSections } from './traffic-policy.js'

/** The policy of a call to one service: its route gives time limits and retries, its DestinationRule the rest. */
export function meshPolicy(route: Setting | undefined, traffic: Setting | undefined): Block {
  const { connect, bulkhead, ejection, balance, budget } = trafficSections(traffic)
  const policy = new Block()
  const timeout = new Block()
  if (connect !== undefined) timeout.from('connect', durationText(connect.value), connect.from)
  const limits = route === undefined ? new Block() : timeoutBlock(route)
  timeout.append(limits)
  policy.nest('timeout', withTimeLimit(timeout, 'Istio'))
  const retries = route?.at('retries')
  const retry = retryBlock(retries, budget)
  if (retry !== undefined) policy.nest('retry', retry, retries?.place)
  else policy.put('retry', 'off', `${retries?.place ?? ''} retries`)
  if (bulkhead !== undefined) policy.nest('bulkhead', bulkhead)
  if (ejection === 'off') policy.put('ejection', 'off', 'consecutive5xxErrors is 0')
  else if (ejection !== undefined) policy.nest('ejection', ejection)
  if (balance !== undefined) policy.put('balance', balance.value, balance.comment)
  return policy
}
