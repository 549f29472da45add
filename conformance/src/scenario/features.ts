import type { Scenario } from './scenario-schema.js'
import type { Send } from './step-schema.js'

/**
 * What a driver must be able to do for a scenario, as paths: `policy.retry.on.reset`, `routes.mirror.to`, `step.drain`,
 * `protocol.h2`, `header.connection`, `answers.flag`, `seen.connections`. A driver lacks a feature when it lacks the beginning of its path.
 */
export function features(scenario: Scenario): readonly string[] {
  const { policy, operations, fallback, health, istio, routes, protocol, steps, needs, seen } = scenario
  return [
    `protocol.${protocol}`,
    ...needs.map((need) => `needs.${need}`),
    ...paths('policy', policy),
    ...paths('routes', routes),
    ...(operations === undefined ? [] : ['operations']),
    ...(istio === undefined ? [] : ['istio']),
    ...(health === undefined ? [] : ['health']),
    ...(fallback === undefined ? [] : paths('fallback', fallback)),
    ...steps.flatMap((step) => {
      const kind = Object.keys(step)[0]!
      return 'reload' in step ? ['step.reload', ...paths('policy', step.reload)] : [`step.${kind}`]
    }),
    ...steps.flatMap((step) => ('send' in step ? answerFeatures(step) : [])),
    ...steps.flatMap((step) =>
      'send' in step ? Object.keys(step.headers).map((name) => `header.${name}`) : [],
    ),
    ...Object.keys(seen).map((key) => `seen.${key}`),
  ]
}

/** What must be seen of an answer beside its outcome: `answers.flag`, `answers.took`. */
function answerFeatures({ answers = [] }: Send): string[] {
  const patterns = [answers].flat()
  return patterns.flatMap((pattern) => Object.keys(pattern).map((key) => `answers.${key}`))
}

/** The first feature of a scenario that is missing among those a driver lacks, with its reason. */
export function missingFeature(
  scenario: Scenario,
  lacks: Readonly<Record<string, string>>,
): { readonly feature: string; readonly reason: string } | undefined {
  for (const feature of features(scenario)) {
    for (const [lacked, reason] of Object.entries(lacks)) {
      if (feature === lacked || feature.startsWith(`${lacked}.`)) return { feature: lacked, reason }
    }
  }
  return undefined
}

function paths(prefix: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(prefix, item))
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? [`${prefix}.${value}`] : [prefix]
  }
  return Object.entries(value).flatMap(([key, inner]) => paths(`${prefix}.${key}`, inner))
}
