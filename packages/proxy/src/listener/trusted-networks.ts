import { BlockList, isIPv6 } from 'node:net'
import type { Network } from '@watertight/manifest'

/** Whether an address lies in one of these networks. */
export function trustedNetworks(networks: readonly Network[]): (address: string) => boolean {
  if (networks.length === 0) return () => false
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family)
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
