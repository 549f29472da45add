import { isIP } from 'node:net'
import type { ServiceModel, SheddingModel, SystemModel } from '@watertight/manifest'
import type { DocumentPath } from '@watertight/manifest/tooling'
import type { DeployReport } from '../../report/deploy-report.js'
import type { Passage } from './passage.js'

/** Reports what stands in the document beside policies and does not happen, or not quite so. */
export function reportDocument(model: SystemModel, passages: readonly Passage[], report: DeployReport): void {
  for (const to of new Set(passages.map((passage) => passage.to))) reportNames(model.services.get(to), report)
  if (model.mutualTls) return
  for (const to of new Set(passages.map((passage) => passage.to))) {
    if (model.services.get(to)?.origins.get('callers')?.kind !== 'document') continue
    report.add({
      path: ['services', to, 'callers'],
      key: 'callers',
      effect: 'missing',
      reason: 'who calls is not known without mutual TLS',
      instead: 'run watertight proxy, or let the network say who reaches whom',
    })
  }
}

/** Reports that calls of a checked endpoint follow its name late. */
function reportNames(service: ServiceModel | undefined, report: DeployReport): void {
  if (service?.ready === undefined || service.endpoints.every(({ host }) => isIP(host) !== 0)) return
  report.add({
    path: ['services', service.name, 'endpoints'],
    key: 'endpoints',
    effect: 'differs',
    reason:
      'an address that a name no longer has goes on getting calls for as long as it passes the checks of health.ready',
    instead: 'stop what has moved, or write addresses, or run watertight proxy',
  })
}

/** Reports that what a gateway or a service sheds, `at` this place of the document, is not shed. */
export function reportShedding(
  shedding: SheddingModel | false | undefined,
  at: DocumentPath,
  report: DeployReport,
): void {
  if (!shedding) return
  report.add({
    path: [...at, 'shedding'],
    key: 'shedding',
    effect: 'missing',
    reason:
      'the overload manager of Envoy guards the memory of Envoy alone and stands in its bootstrap, and its adaptive_concurrency lets nobody wait and knows no priority',
    instead: 'run watertight proxy, or have the process shed (documentGuardOptions)',
  })
}

/** Reports what of a route does not happen. */
export function reportRoute({ route }: Passage, report: DeployReport): void {
  if (route === undefined) return
  const { path, match, headers } = route
  if (match.methods.includes('CONNECT')) {
    report.add({
      path: [...path, 'match', 'methods'],
      key: 'match.methods',
      effect: 'missing',
      reason: 'a request with CONNECT is not passed on',
      instead: 'run watertight proxy where tunnels are needed',
    })
  }
  const { set, add, remove } = headers.request
  const named = [...set.map(([name]) => name), ...add.map(([name]) => name), ...remove]
  if (named.includes('host')) {
    report.add({
      path: [...path, 'headers', 'request'],
      key: 'headers.request',
      effect: 'missing',
      reason: 'Envoy changes the host by a rewrite alone',
      instead: 'write rewrite: { host: ... }',
    })
  }
}
