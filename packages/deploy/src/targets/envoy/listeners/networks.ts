import type { GatewayModel } from '@watertight/manifest'
import type { Json } from '../json.js'

/** Nobody calls from there. */
const NOBODY: Json = { address_prefix: '0.0.0.0', prefix_len: 32 }

/** Networks as Envoy has them. Without any it would trust all private ones, where the document trusts nobody. */
export function networks(trust: GatewayModel['trust']): Json {
  const ranges = trust.map(({ address, prefix }) => ({ address_prefix: address, prefix_len: prefix }))
  return { cidr_ranges: ranges.length === 0 ? [NOBODY] : ranges }
}
