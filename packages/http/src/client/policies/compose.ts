import type { CallOptions, Policy } from '@watertight/policy'
import { composePolicies, type DriverPorts, type StatefulPolicies } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { currentScope } from '../../scope/current-scope.js'
import { clientFailures } from '../failure/client-failures.js'
import type { CallPolicies } from '../fetch-options.js'

/** What the policies of a destination are told of a call. */
export interface DestinationCallOptions extends CallOptions {
  /** When it must be over, as the one that goes on after a redirect; `Infinity` for none. */
  readonly deadline: number
}

/** Nobody waits longer for a call than for the request, or for the call, that it is made for. */
function callersDeadline(call: Partial<DestinationCallOptions>): number {
  return Math.min(currentScope()?.deadline ?? Infinity, call.deadline ?? Infinity)
}

const ports: DriverPorts = {
  failures: clientFailures,
  callersDeadline,
  wallNow: () => clock.wallNow(),
}

/** The way of a call, as every driver of it composes it; here it ends with the request that is being answered. */
export function compose(policies: CallPolicies, guards: StatefulPolicies): Policy {
  return composePolicies(policies, guards, ports)
}
