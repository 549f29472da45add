import type { ServiceSketch } from '../system-sketch.js'
import { type Fields, listAt, textAt, wholeAt } from './fields.js'
import { namespaceOf, selects } from './kubernetes-names.js'

type Scale = Pick<ServiceSketch, 'replicasMin' | 'replicasMax' | 'cpu' | 'maxUnavailable'>

/**
 * How many replicas a service has: the number of its workloads together, or the bounds of its autoscaler, and how many
 * may be away.
 */
export function kubernetesScale(workloads: readonly Fields[], objects: readonly Fields[]): Scale {
  const each = workloads.map((workload) => boundsOf(workload, objects))
  const replicasMin = sum(each.map(({ min }) => min))
  const replicasMax = sum(each.map(({ max }) => max))
  const cpu = each.map((one) => one.cpu).find((share) => share !== undefined)
  const budget = objects.find(
    (object) =>
      object['kind'] === 'PodDisruptionBudget' && workloads.some((workload) => selects(object, workload)),
  )
  const maxUnavailable = budget === undefined ? undefined : awayOf(budget, Math.max(1, replicasMin ?? 1))
  return {
    ...(replicasMin === undefined ? {} : { replicasMin }),
    ...(replicasMax === undefined ? {} : { replicasMax: Math.max(replicasMax, replicasMin ?? 1, 1) }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  }
}

interface Bounds {
  readonly min: number | undefined
  readonly max: number | undefined
  readonly cpu: string | undefined
}

function boundsOf(workload: Fields, objects: readonly Fields[]): Bounds {
  const scaler = objects.find(
    (object) =>
      object['kind'] === 'HorizontalPodAutoscaler' &&
      namespaceOf(object) === namespaceOf(workload) &&
      textAt(object, 'spec', 'scaleTargetRef', 'name') === textAt(workload, 'metadata', 'name'),
  )
  const replicas = wholeAt(workload, 'spec', 'replicas')
  return {
    min: wholeAt(scaler, 'spec', 'minReplicas') ?? replicas,
    max: wholeAt(scaler, 'spec', 'maxReplicas') ?? replicas,
    cpu: cpuOf(scaler),
  }
}

/** Undefined when nobody says a number; one that is silent beside others counts as one. */
function sum(numbers: readonly (number | undefined)[]): number | undefined {
  if (numbers.every((number) => number === undefined)) return undefined
  return numbers.reduce<number>((total, number) => total + (number ?? 1), 0)
}

// autoscaling/v2 lists metrics, autoscaling/v1 has one number.
function cpuOf(scaler: Fields | undefined): string | undefined {
  const metric = listAt(scaler, 'spec', 'metrics').find(
    (candidate) => textAt(candidate, 'resource', 'name') === 'cpu',
  )
  const share =
    wholeAt(metric, 'resource', 'target', 'averageUtilization') ??
    wholeAt(metric, 'resource', 'targetAverageUtilization') ??
    wholeAt(scaler, 'spec', 'targetCPUUtilizationPercentage')
  return share === undefined || share > 100 ? undefined : `${share}%`
}

/** Replicas that may be away on purpose. Kubernetes rounds shares up, of those away as of those that must stay. */
function awayOf(budget: Fields, replicas: number): number | undefined {
  const away = countOf(textAt(budget, 'spec', 'maxUnavailable'), replicas)
  if (away !== undefined) return away
  const stay = countOf(textAt(budget, 'spec', 'minAvailable'), replicas)
  return stay === undefined ? undefined : Math.max(0, replicas - stay)
}

function countOf(text: string | undefined, replicas: number): number | undefined {
  const [, digits, percent] = /^(\d{1,5})(%)?$/.exec(text ?? '') ?? []
  if (digits === undefined) return undefined
  return percent === undefined ? Number(digits) : Math.ceil((Number(digits) * replicas) / 100)
}
