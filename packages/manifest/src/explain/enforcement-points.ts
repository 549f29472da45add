import type { Enforcement } from '../words/service-words.js'

export interface EnforcementPoint {
  readonly point: Enforcement
  /** What of it does not exist yet; undefined for one that works. */
  readonly missing?: string
}

/** Where a policy can run, and what of that exists: an explanation must not promise more. */
export const enforcementPoints: readonly EnforcementPoint[] = [
  { point: 'process' },
  { point: 'sidecar' },
  { point: 'mesh', missing: 'nothing writes its configuration yet: configure the mesh by hand' },
]
