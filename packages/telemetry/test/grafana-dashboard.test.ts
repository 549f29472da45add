import { expect, it } from 'vitest'
import { grafanaDashboard } from '../src/dashboard.js'
import { busyService } from './busy-service.js'

interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly definition?: string }[] }
}

const dashboard = JSON.parse(grafanaDashboard({ system: 'shop' })) as Dashboard

/** The metrics that a text of PromQL names, and the labels that it asks of each. */
function asked(query: string): { metric: string; labels: string[] }[] {
  const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '))
  return [...query.matchAll(/(watertight_\w+)(?:\{([^}]*)\})?/g)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [...grouped, ...[...matchers.matchAll(/(\w+)(?:=~|!=|!~|=)/g)].map(([, label = '']) => label)],
  }))
}

it('every metric and label of the dashboard is one that telemetry exports', async () => {
  const { body } = (await busyService()).expose()
  const labelsOf = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of body.matchAll(/^(\w+)(?:\{(.*)\})? \S+/gm)) {
    const known = labelsOf.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    labelsOf.set(name, known)
  }
  const queries = [
    ...dashboard.panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr, legendFormat }) => `${expr} by (${legendLabels(legendFormat)})`),
    ),
    ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
  ]
  expect(queries.length).toBeGreaterThan(15)
  for (const { metric, labels } of queries.flatMap(asked)) {
    expect([...labelsOf.keys()]).toContain(metric)
    expect({ metric, labels: [...(labelsOf.get(metric) ?? [])] }).toEqual({
      metric,
      labels: expect.arrayContaining(labels),
    })
  }
})

const legendLabels = (legend: string): string =>
  [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label).join(', ')

it('what is drawn lies within the width, and nothing on something else', () => {
  const cells = new Map<string, string>()
  for (const { title, gridPos } of dashboard.panels) {
    const { x, y, w, h } = gridPos
    expect(x + w).toBeLessThanOrEqual(24)
    for (let column = x; column < x + w; column += 1)
      for (let row = y; row < y + h; row += 1) {
        expect(cells.get(`${column} ${row}`)).toBeUndefined()
        cells.set(`${column} ${row}`, title)
      }
  }
})
