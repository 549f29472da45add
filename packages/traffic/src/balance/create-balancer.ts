import type { Balancer, BalanceName } from './balancer.js'
import { LeastRequest } from './least-request.js'
import { PeakEwma } from './peak-ewma.js'
import { RingHash } from './ring-hash.js'
import { RoundRobin } from './round-robin.js'

const balancers: Readonly<Record<BalanceName, new () => Balancer>> = {
  'least-request': LeastRequest,
  'round-robin': RoundRobin,
  'peak-ewma': PeakEwma,
  'ring-hash': RingHash,
}

export const balanceNames: readonly BalanceName[] = Object.keys(balancers) as BalanceName[]

export function createBalancer(name: BalanceName): Balancer {
  return new balancers[name]()
}
