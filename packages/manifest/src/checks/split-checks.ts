import { suggest } from '../reading/suggest.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { SystemModel } from '../model/system-model.js'
import type { Check, CheckedProblem } from './check.js'

/** Where requests to one service are told apart: splits, and copies of requests. */
export const splitChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-SPLIT-EMPTY',
    group: 'operations',
    severity: 'error',
    title: 'the weights of a split add up to nothing',
    *find(model) {
      for (const route of model.routes) {
        if (route.split.size === 0 || [...route.split.values()].some((weight) => weight > 0)) continue
        yield {
          path: [...route.path, 'split'],
          message: `cannot split ${route.match.path}: at least one weight above 0 is needed, got 0 in all`,
          hint: 'write split: { stable: 95, canary: 5 }',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-SPLIT-SUM',
    group: 'operations',
    severity: 'error',
    title: 'shares of a split that do not make a whole',
    *find(model) {
      for (const { path, match, document, split } of model.routes) {
        const found = sumProblem(match.path, Object.values(document.split ?? {}), [...split.values()])
        if (found !== undefined) yield { path: [...path, 'split'], ...found }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-VERSION-UNKNOWN',
    group: 'operations',
    severity: 'error',
    title: 'a version that the service does not have',
    *find(model) {
      for (const { path, to, split, mirror } of model.routes) {
        for (const version of split.keys()) {
          if (to !== undefined) yield* unknownVersion(model, to, version, [...path, 'split', version], 'key')
        }
        if (mirror?.version !== undefined)
          yield* unknownVersion(model, mirror.to, mirror.version, [...path, 'mirror', 'version'], 'value')
      }
    },
  },
  {
    code: 'WT-OPERATIONS-SHARE-NOTHING',
    group: 'operations',
    severity: 'warning',
    title: 'a mirror or a fault that touches no request',
    *find(model) {
      for (const { path, mirror, fault } of model.routes) {
        const shares = [
          [mirror?.share, ['mirror']],
          [fault?.delay?.share, ['fault', 'delay']],
          [fault?.abort?.share, ['fault', 'abort']],
        ] as const
        for (const [share, steps] of shares) {
          if (share !== 0) continue
          yield {
            path: [...path, ...steps, 'share'],
            message: `${steps.join('.')} touches no request: its share is 0%`,
            hint: `give it a share above 0%, or remove ${steps.join('.')}`,
          }
        }
      }
    },
  },
]

function sumProblem(
  route: string,
  written: readonly (number | string)[],
  weights: readonly number[],
): Omit<CheckedProblem, 'path'> | undefined {
  const shares = written.filter((weight) => typeof weight === 'string').length
  const sum = Number(weights.reduce((all, weight) => all + weight, 0).toFixed(6))
  if (shares > 0 && shares < written.length) {
    return {
      message: `cannot split ${route}: weights must all be percentages, or none of them`,
      hint: 'write split: { stable: 95%, canary: 5% }',
    }
  }
  if (shares > 0 && sum !== 100 && sum !== 0) {
    return {
      message: `cannot split ${route}: percentages must add up to 100%, got ${sum}%`,
      hint: 'change one of them, or write weights without the sign, which are relative to their sum',
    }
  }
  // 3 and 1 are relative weights, and so are 900 and 100; 95 and 10 were meant for percentages.
  if (shares > 0 || sum <= 100 || weights.some((weight) => weight > 100)) return undefined
  return {
    severity: 'warning',
    message: `the weights of ${route} add up to ${sum}, above 100: they are relative to their sum, and no percentages`,
    hint: 'let them add up to 100, or write percentages, such as 95%',
  }
}

function* unknownVersion(
  { services }: SystemModel,
  to: string,
  version: string,
  path: DocumentPath,
  part: 'key' | 'value',
): Iterable<CheckedProblem> {
  const versions = services.get(to)?.versions
  if (versions === undefined || versions.has(version)) return
  if (versions.size > 0) {
    yield {
      path,
      part,
      message: `${to} has no version ${version}`,
      hint: suggest(version, [...versions.keys()]),
    }
    return
  }
  yield {
    path,
    part,
    severity: 'warning',
    cause: `versions of ${to}`,
    subject: version,
    message: `${to} says no versions, so that nothing here knows where ${version} is reached`,
    hint: `write versions: { ${version}: { port: 7001 } } below ${to}`,
  }
}
