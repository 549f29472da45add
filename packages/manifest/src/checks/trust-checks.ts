import type { ServiceModel, SystemModel } from '../model/system-model.js'
import type { Check } from './check.js'

/** Who is believed, and who is let in. */
export const trustChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-TRUST-EVERYBODY',
    group: 'operations',
    severity: 'warning',
    title: 'a gateway that is steered by whoever calls it',
    *find({ gateway }) {
      for (const [index, { address, prefix }] of gateway.trust.entries()) {
        if (prefix !== 0) continue
        yield {
          path: ['gateway', 'trust', index],
          part: 'value',
          message: `${address}/0 is everybody: any caller can switch retries and time limits of the gateway by headers, and forge its own address`,
          hint: 'name the networks of your own proxies, such as 10.0.0.0/8',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-CALLER-REFUSED',
    group: 'operations',
    severity: 'error',
    title: 'a caller that the callee does not let in',
    *find(model) {
      for (const service of model.services.values()) {
        const { callers, name, path } = service
        if (callers === 'any' || service.document.callers === undefined) continue
        for (const caller of callersOf(model, service)) {
          if (callers.includes(caller)) continue
          yield {
            path: [...path, 'callers'],
            message: `${caller} calls ${name}, and is not one of its callers`,
            hint: `add ${caller} to callers`,
          }
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-CORS-EVERYBODY',
    group: 'operations',
    severity: 'error',
    title: 'cookies for pages of every origin',
    *find({ routes }) {
      for (const { path, cors } of routes) {
        if (cors?.credentials !== true || cors.origins.every(({ kind }) => kind !== 'present')) continue
        yield {
          path: [...path, 'cors', 'origins'],
          message:
            'any page may call this route with the cookies of its reader: browsers refuse * with credentials',
          hint: 'name the origins, such as https://shop.example, or remove credentials',
        }
      }
    },
  },
]

function callersOf({ calls, routes }: SystemModel, { name }: ServiceModel): Set<string> {
  const gateway = routes.some(({ to, mirror }) => to === name || mirror?.to === name) ? ['gateway'] : []
  return new Set([...calls.filter(({ to }) => to === name).map(({ from }) => from), ...gateway])
}
