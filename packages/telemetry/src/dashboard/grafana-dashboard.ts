import { type DashboardPanel, dashboardRows } from './panels.js'

export interface DashboardOptions {
  /** The name of the system, for the title. */
  readonly system: string
}

const WIDTH = 24
const HEIGHT = 8
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const

/**
 * A dashboard for Grafana, as the text of the JSON that its import takes: golden signals of every service, error budgets, calls, and
 * what breakers, retries, bulkheads and fallbacks do. It reads the metrics that `createTelemetry` and the proxy export, from any
 * Prometheus that is chosen on it.
 *
 * @example
 * const dashboard = JSON.parse(grafanaDashboard({ system: 'shop' })) as { title: string }
 * console.log(dashboard.title) // shop: services, budgets and calls
 */
export function grafanaDashboard({ system }: DashboardOptions): string {
  const dashboard = {
    uid: `watertight-${system}`.slice(0, 40),
    title: `${system}: services, budgets and calls`,
    tags: ['watertight'],
    timezone: 'browser',
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: { list: variables },
    panels: panels(),
  }
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}

const variables: readonly object[] = [
  { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
  listOf('service', 'Service', 'label_values(watertight_server_requests_total, service)'),
  listOf(
    'destination',
    'Called service',
    'label_values(watertight_client_requests_total{service=~"$service"}, destination)',
  ),
]

function listOf(name: string, label: string, query: string): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    definition: query,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    refresh: 2,
    sort: 1,
  }
}

/** Each row has its title, and below it up to three panels beside each other. */
function panels(): object[] {
  let id = 0
  let y = 0
  return dashboardRows.flatMap(({ title, panels: own }) => {
    const head = { id: (id += 1), type: 'row', title, gridPos: { x: 0, y, w: WIDTH, h: 1 }, panels: [] }
    y += 1
    const abreast = own.length === 4 || own.length === 2 ? 2 : 3
    const w = WIDTH / abreast
    const placed = own.map((panel, index) => {
      const gridPos = { x: (index % abreast) * w, y: y + Math.floor(index / abreast) * HEIGHT, w, h: HEIGHT }
      return panelJson(panel, (id += 1), gridPos)
    })
    y += Math.ceil(own.length / abreast) * HEIGHT
    return [head, ...placed]
  })
}

function panelJson({ title, unit, kind, queries }: DashboardPanel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === 'timeseries'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
        : { mergeValues: true, showValue: 'never' },
    targets: queries.map(({ expression, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr: expression,
      legendFormat: legend,
      range: true,
    })),
  }
}
