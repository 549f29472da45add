import type { GatewayModel } from '@watertight/manifest'
import type { Json } from '../json.js'

/** Networks as Envoy has them. Without any, nobody is trusted. */
export function networks(trust: GatewayModel['trust']): Json {
  return {
    cidr_ranges: trust.map(({ address, prefix }) => ({ address_prefix: address, prefix_len: prefix })),
  }
}
