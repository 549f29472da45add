import type { PolicyModel } from '../model/policy-model.js'
import type { SystemModel } from '../model/system-model.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Check } from './check.js'
import { causeOf, described, policiesSetting, valuePath } from './value-path.js'

/** A hash key needs a ring, and a ring needs a key. */
export const hashChecks: readonly Check[] = [
  {
    code: 'WT-ISOLATION-HASH-WITHOUT-RING',
    group: 'isolation',
    severity: 'warning',
    title: 'hashOn where nothing is hashed',
    *find(model) {
      const split = new Set(model.routes.filter((route) => route.split.size > 0).map(({ policy }) => policy))
      for (const policy of policiesSetting(model, 'hashOn')) {
        if (policy.hashOn === undefined || policy.balance === 'ring-hash' || split.has(policy)) continue
        yield {
          path: valuePath(policy, 'hashOn'),
          message: `hashOn ${described(policy)} keeps nothing together: endpoints are chosen by ${policy.balance}`,
          hint: 'write balance: ring-hash beside it, or remove hashOn',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-RING-WITHOUT-HASH',
    group: 'isolation',
    severity: 'warning',
    title: 'ring-hash without a key in a proxy',
    *find(model) {
      for (const { policy, path, name } of proxied(model)) {
        if (policy.balance !== 'ring-hash' || policy.hashOn !== undefined) continue
        yield {
          path: policy.origins.get('balance')?.kind === 'document' ? valuePath(policy, 'balance') : path,
          cause: causeOf(policy, policy.balance),
          subject: name,
          message: `requests of ${name} go to any endpoint: a proxy has no key for ring-hash`,
          hint: 'write hashOn: { header: x-user }, or a cookie, a query parameter, or ip',
        }
      }
    },
  },
]

interface Proxied {
  readonly policy: PolicyModel
  readonly path: DocumentPath
  readonly name: string
}

/** What a proxy enforces. The client in a process is given a key with each call. */
function* proxied({ calls, forwardingRoutes }: SystemModel): Iterable<Proxied> {
  for (const { enforce, policy, path, from, to } of calls) {
    if (enforce !== 'process') yield { policy, path, name: `${from} > ${to}` }
  }
  for (const { policy, path, match } of forwardingRoutes) yield { policy, path, name: `route ${match.path}` }
}
