import type { CallModel } from '../model/system-model.js'
import { inexpressible } from '../explain/enforcement-limits.js'
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

/** The layers that can express all of a call's policy. */
function whoCan(call: CallModel): string {
  const able = serviceWords.enforcement.filter(
    (point) => point !== call.enforce && inexpressible(call, point).length === 0,
  )
  if (able.length === 0) return 'no other layer can express all of it: split the call'
  return `write enforce: ${able.join(' or ')} for this call`
}
