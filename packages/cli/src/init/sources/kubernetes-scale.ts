import type { ServiceSketch } from '../system-sketch.js'
import { fieldsAt, type Fields, isFields, listAt, textAt, wholeAt } from './fields.js'

type Scale = Pick<ServiceSketch, 'replicasMin' | 'replicasMax' | 'cpu' | 'maxUnavailable'>

/** How many replicas a workload has: its own number, or the bounds of its autoscaler, and what may be away. */
export function scaleOf(workload: Fields, objects: readonly Fields[]): Scale {
  const name = textAt(workload, 'metadata', 'name')
  const scaler = objects.find(
    (object) =>
      object['kind'] === 'HorizontalPodAutoscaler' &&
      textAt(object, 'spec', 'scaleTargetRef', 'name') === name,
  )
  const replicas = wholeAt(workload, 'spec', 'replicas')
  const replicasMin = wholeAt(scaler, 'spec', 'minReplicas') ?? replicas
  const replicasMax = wholeAt(scaler, 'spec', 'maxReplicas') ?? replicas
  const cpu = cpuOf(scaler)
  const maxUnavailable = wholeAt(disruptionBudget(workload, objects), 'spec', 'maxUnavailable')
  return {
    ...(replicasMin === undefined ? {} : { replicasMin }),
    ...(replicasMax === undefined ? {} : { replicasMax: Math.max(replicasMax, replicasMin ?? 1, 1) }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  }
}

// autoscaling/v2 lists metrics, autoscaling/v1 has one number.
function cpuOf(scaler: Fields | undefined): string | undefined {
  const metric = listAt(scaler, 'spec', 'metrics').find(
    (candidate) => textAt(candidate, 'resource', 'name') === 'cpu',
  )
  const share =
    wholeAt(metric, 'resource', 'target', 'averageUtilization') ??
    wholeAt(scaler, 'spec', 'targetCPUUtilizationPercentage')
  return share === undefined || share > 100 ? undefined : `${share}%`
}

function disruptionBudget(workload: Fields, objects: readonly Fields[]): Fields | undefined {
  const labels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels')
  return objects.find((object) => {
    if (object['kind'] !== 'PodDisruptionBudget' || !isFields(object['spec'])) return false
    const selector = Object.entries(fieldsAt(object, 'spec', 'selector', 'matchLabels'))
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
  })
}
