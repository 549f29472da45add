import type { SystemModel } from '@watertight/manifest'
import type { CanaryStand } from '../model/canary-stand.js'

/** The routes of the gateway that split requests between versions. */
export function canaryStands(model: SystemModel | undefined): CanaryStand[] {
  return (model?.routes ?? []).flatMap((route, index): CanaryStand[] => {
    if (route.split.size === 0 || route.to === undefined) return []
    const all = [...route.split.values()].reduce((sum, weight) => sum + weight, 0)
    return [
      {
        route: String(index),
        match: [...route.match.methods, route.match.path].join(' '),
        service: route.to,
        shares: [...route.split].map(([version, weight]) => ({
          version,
          weight,
          share: all === 0 ? 0 : weight / all,
        })),
      },
    ]
  })
}
