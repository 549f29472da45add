import type { Setup } from './driver.js'

/** The whole document around a fragment, for drivers that carry out the calls of a service. */
export function documentOf({ policy, operations, fallback }: Setup): object {
  const call = { ...policy, ...(operations && { operations }), ...(fallback && { fallback }) }
  return {
    watertight: 'v1',
    system: 'conformance',
    services: { caller: { calls: { callee: call } }, callee: {} },
  }
}
