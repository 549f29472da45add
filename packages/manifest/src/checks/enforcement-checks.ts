import type { PolicyModel } from '../model/policy-model.js'
import type { CallModel, ServiceModel } from '../model/system-model.js'
import { inexpressible } from '../explain/enforcement-limits.js'
import { isHttp } from '../words/protocol-names.js'
import { serviceWords } from '../words/service-words.js'
import type { Check } from './check.js'
import { causeOf, described, policiesSetting, valuePath } from './value-path.js'

const NODE_COMMAND = /^(node|npm|npx|tsx|pnpm|yarn)\b/

export const enforcementChecks: readonly Check[] = [
  {
    code: 'WT-ENFORCE-NOT-NODE',
    group: 'operations',
    severity: 'error',
    title: 'a process that is not Node cannot enforce a policy',
    *find(model) {
      for (const service of model.services.values()) {
        const { run } = service.document
        if (run === undefined || NODE_COMMAND.test(run)) continue
        const call = service.calls.find(({ enforce }) => enforce === 'process')
        if (call === undefined) continue
        yield {
          path: [...service.path, 'run'],
          message: `${service.name} is not a Node process, and the policy of its call to ${call.to} is to run in the process`,
          hint: 'write enforce: sidecar',
        }
      }
    },
  },
  {
    code: 'WT-ENFORCE-NOT-EXPRESSIBLE',
    group: 'operations',
    severity: 'warning',
    title: 'the layer that enforces a call cannot express part of its policy',
    *find(model) {
      for (const call of model.calls) {
        const [first, ...others] = inexpressible(call, call.enforce)
        if (first === undefined) continue
        const more = others.length === 0 ? '' : ` (and ${others.length} more; explain lists them)`
        yield {
          path: call.path,
          cause: `${causeOf(call.policy, first.part)} ${first.part}`,
          subject: `${call.from} > ${call.to}`,
          message: `${call.from} > ${call.to} is enforced by the ${call.enforce}, which cannot express ${first.part}: ${first.reason}${more}`,
          hint: `${whoCan(call)}, or remove the part`,
        }
      }
      for (const route of model.forwardingRoutes) {
        const [first] = inexpressible({ ...route, mode: route.policy.mode }, 'sidecar')
        if (first === undefined) continue
        yield {
          path: route.path,
          cause: `${causeOf(route.policy, first.part)} ${first.part}`,
          subject: `route ${route.match.path}`,
          message: `the gateway cannot express ${first.part} of the route ${route.match.path}: ${first.reason}`,
          hint: 'remove the part',
        }
      }
      for (const service of model.services.values()) {
        const reason = nobodySheds(service)
        if (!service.shedding || reason === undefined) continue
        yield {
          path: [...service.path, 'shedding'],
          message: `nobody sheds requests for ${service.name}: ${reason}`,
          hint: 'remove the part',
        }
      }
    },
  },
  {
    code: 'WT-ENFORCE-NOT-HTTP',
    group: 'operations',
    severity: 'error',
    title: 'a policy for requests to a service that speaks no HTTP',
    *find(model) {
      for (const { from, to, path, policy, ...call } of model.calls) {
        const protocol = model.services.get(to)?.protocol ?? 'http1'
        const parts = isHttp(protocol) ? [] : requestParts(policy, call)
        if (parts.length === 0) continue
        yield {
          path,
          cause: causeOf(policy, parts),
          subject: `${from} > ${to}`,
          message: `${to} speaks ${protocol}: of ${from} > ${to} a proxy sees connections, and ${parts.join(', ')} would do nothing`,
          hint: 'leave timeout, ejection, balance and bulkhead.connections to this call; let the library of the process do the rest',
        }
      }
      for (const { to, path, match } of model.forwardingRoutes) {
        const protocol = model.services.get(to)?.protocol ?? 'http1'
        if (isHttp(protocol)) continue
        yield {
          path: [...path, 'to'],
          message: `the route ${match.path} leads to ${to}, which speaks ${protocol} and no HTTP`,
          hint: 'route to a service that speaks http1 or h2',
        }
      }
    },
  },
  {
    code: 'WT-ENFORCE-OBSERVE-ONLY',
    group: 'operations',
    severity: 'note',
    title: 'a policy that decides and enforces nothing',
    *find(model) {
      const hint = 'write mode: enforce once its reports look right'
      if (model.document.mode === 'observe') {
        const message = `calls of ${model.name} report what their policies would have done; nothing is enforced where no policy says mode: enforce`
        yield { path: ['mode'], message, hint }
      }
      for (const policy of policiesSetting(model, 'mode')) {
        if (policy.mode !== 'observe') continue
        const message = `decisions ${described(policy)} are reported, and nothing of them is enforced`
        yield { path: valuePath(policy, 'mode'), message, hint }
      }
    },
  },
]

/** Why neither the process nor a sidecar can refuse requests to a service, where that is so. */
function nobodySheds({ document, protocol, applicationPort }: ServiceModel): string | undefined {
  if (document.external === true) return 'it is run by somebody else'
  if (!isHttp(protocol)) return `it speaks ${protocol} and no HTTP`
  const isNode = document.run === undefined || NODE_COMMAND.test(document.run)
  return isNode || applicationPort !== undefined
    ? undefined
    : 'it is not a Node process, and no sidecar takes in its requests (sidecar.application)'
}

/** The parts of a policy that are about requests. */
function requestParts(
  policy: PolicyModel,
  { operations, fallback }: Pick<CallModel, 'operations' | 'fallback'>,
): string[] {
  const sections = (['retry', 'breaker', 'adaptiveLimit', 'hedge', 'rateLimit'] as const).filter(
    (name) => policy[name] !== undefined,
  )
  return [
    ...sections,
    ...(policy.answers.length > 0 ? ['answers'] : []),
    ...(operations.size > 0 ? ['operations'] : []),
    ...(fallback === undefined ? [] : ['fallback']),
  ]
}

/** The layers that can express all of a call's policy. */
function whoCan(call: CallModel): string {
  const able = serviceWords.enforcement.filter(
    (point) => point !== call.enforce && inexpressible(call, point).length === 0,
  )
  if (able.length === 0) return 'no other layer can express all of it: split the call'
  return `write enforce: ${able.join(' or ')} for this call`
}
