import { readManifest } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { readPrometheusText } from '../metrics/prometheus-text.js'
import { isWanted, readTotals } from '../metrics/read-totals.js'
import { objectiveStands } from './objective-stands.js'
import { serviceLevel } from './service-level.js'

const { system } = readManifest(
  'watertight: v1\nsystem: shop\nservices: { order: { objective: { latency: { p99: 1s } } } }\n',
  'watertight.yaml',
)

/** How order is after so many answers, one of which was too slow. */
function orderAfter(answers: number) {
  const labels = 'service="order",objective="latency"'
  const text = `watertight_server_requests_total{service="order",route="GET /",outcome="success"} ${answers}
watertight_objective_budget_remaining_ratio{${labels}} ${1 - 100 / answers}
watertight_objective_burn_rate{${labels},window="5m"} ${100 / answers}
watertight_objective_burn_rate{${labels},window="1h"} ${100 / answers}
`
  const totals = [...readTotals(readPrometheusText(text, isWanted)).servers.values()]
  const objectives = objectiveStands(system?.model.services.get('order'), totals)
  const unknown = { known: false, source: 'test', reason: 'not asked' } as const
  const level = serviceLevel({
    signals: unknown,
    replicas: { known: true, value: [] },
    objectives,
    isExternal: false,
  })
  return { ...level, budgetLeft: objectives[0]?.budgetLeft }
}

test('the first slow answer of a system that has just started uses up no budget', () => {
  expect(orderAfter(5)).toEqual({ level: 'ok', because: [], budgetLeft: null })
  expect(orderAfter(99)).toMatchObject({ level: 'ok', budgetLeft: null })
  expect(orderAfter(100)).toMatchObject({ level: 'critical', budgetLeft: 0 })
  expect(orderAfter(400)).toMatchObject({ level: 'ok', budgetLeft: 0.75 })
})
