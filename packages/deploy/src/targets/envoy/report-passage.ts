import type { PolicyModel, SystemModel } from '@watertight/manifest'
import type { DocumentPath, WordName } from '@watertight/manifest/tooling'
import type { DeployReport } from '../../report/deploy-report.js'
import type { Passage } from './passage.js'
import { envoyEffects, holds } from './envoy-effects.js'

/** Reports what Envoy does not do, or does otherwise, of what holds for the requests of a passage. */
export function reportPassage(passage: Passage, model: SystemModel, report: DeployReport): void {
  const { policy, path, fallback, isOurs } = passage
  if (!isOurs) return
  const protocol = model.services.get(passage.to)?.protocol ?? 'http1'
  if (protocol !== 'http1' && protocol !== 'h2') {
    for (const section of NEEDS_REQUESTS.filter((name) => holds(policy, name))) {
      report.add({
        path: placeOf(policy, section, path),
        key: section.split('.', 1)[0]!,
        effect: 'missing',
        reason: `of ${protocol}, Envoy sees connections and no requests`,
        instead: `leave it to the driver of ${protocol}`,
      })
    }
    return
  }
  for (const { key, ...row } of envoyEffects(policy, protocol)) {
    if (row.effect === 'as-written') continue
    const [section = ''] = key.split('.')
    // A section of which nothing is left is one thing to say.
    const place = WHOLE.has(section) ? section : key
    report.add({ ...row, key: place, path: placeOf(policy, place, path) })
  }
  if (policy.instance === 'shared') {
    report.add({
      path: placeOf(policy, 'instance', path),
      key: 'instance',
      effect: 'differs',
      reason: 'each callee has limits of its own there',
      instead: 'divide the limits among the callees',
    })
  }
  if (fallback?.status !== undefined && policy.mode === 'enforce') {
    report.add({
      path: [...path, 'fallback', 'status'],
      key: 'fallback.status',
      effect: 'differs',
      reason:
        'it is carried out by a filter (custom_response) that Envoy calls work in progress, without support for its security',
      instead: 'use it where callers are trusted, or write enforce: process',
    })
  }
  if (fallback !== undefined && fallback.status === undefined) {
    const kind = fallback.queue === undefined ? 'cache' : 'queue'
    report.add({
      path: [...path, 'fallback', kind],
      key: `fallback.${kind}`,
      effect: 'missing',
      reason:
        kind === 'queue' ? 'Envoy keeps no requests for later' : 'Envoy keeps no answers for when they fail',
      instead: 'write a fixed answer (status and body), or enforce: process',
    })
  }
}

/** Sections of which Envoy does nothing at all. */
const WHOLE: ReadonlySet<string> = new Set(['breaker', 'adaptiveLimit'])

/** What of a policy has no meaning where there are no requests. */
const NEEDS_REQUESTS: readonly WordName[] = [
  'retry.attempts',
  'breaker.failureRate',
  'bulkhead.concurrency',
  'adaptiveLimit.max',
  'rateLimit.limit',
  'hedge.after',
]

/** The nearest place in the document that says it. */
function placeOf({ origins }: PolicyModel, key: string, otherwise: DocumentPath): DocumentPath {
  const [section = ''] = key.split('.')
  for (const name of [key, section]) {
    const origin = origins.get(name)
    if (origin?.kind === 'document') return origin.path
  }
  return otherwise
}
