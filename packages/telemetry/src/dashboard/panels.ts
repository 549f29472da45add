/** A picture of a dashboard: what is drawn, from which queries. */
export interface DashboardPanel {
  readonly title: string
  /** Grafana's name of the unit: `reqps`, `percentunit`, `s`. */
  readonly unit: string
  readonly queries: readonly { readonly expression: string; readonly legend: string }[]
  /** A state is drawn as bands of colour, everything else as lines. */
  readonly kind: 'timeseries' | 'state-timeline'
}

export interface DashboardRow {
  readonly title: string
  readonly panels: readonly DashboardPanel[]
}

/** What was chosen in the lists at the top. */
const OF_SERVICE = 'service=~"$service"'
const OF_CALL = `${OF_SERVICE},destination=~"$destination"`
/** Long enough for four scrapes, as Grafana works it out. */
const RANGE = '[$__rate_interval]'
const CALL_LEGEND = '{{service}} > {{destination}}'

const lines = (
  title: string,
  unit: string,
  ...queries: readonly (readonly [expression: string, legend: string])[]
): DashboardPanel => ({
  title,
  unit,
  kind: 'timeseries',
  queries: queries.map(([expression, legend]) => ({ expression, legend })),
})

/** What the callers of each service see, what is left of its budget, and what happens to the calls that it makes. */
export const dashboardRows: readonly DashboardRow[] = [
  {
    title: 'Services',
    panels: [
      lines('Requests', 'reqps', [
        `sum by (service) (rate(watertight_server_requests_total{${OF_SERVICE}}${RANGE}))`,
        '{{service}}',
      ]),
      lines('Errors', 'percentunit', [
        `sum by (service) (rate(watertight_server_requests_total{${OF_SERVICE},outcome=~"failure|refused"}${RANGE})) / sum by (service) (rate(watertight_server_requests_total{${OF_SERVICE},outcome!="aborted"}${RANGE}))`,
        '{{service}}',
      ]),
      lines(
        'Duration',
        's',
        [serverQuantile(0.99), '{{service}} p99'],
        [serverQuantile(0.5), '{{service}} p50'],
      ),
      lines(
        'Under way and waiting',
        'short',
        [`sum by (service) (watertight_server_requests_in_flight{${OF_SERVICE}})`, '{{service}} under way'],
        [`sum by (service) (watertight_server_requests_queued{${OF_SERVICE}})`, '{{service}} waiting'],
      ),
    ],
  },
  {
    title: 'Objectives',
    panels: [
      lines('Error budget left', 'percentunit', [
        `min by (service, objective) (watertight_objective_budget_remaining_ratio{${OF_SERVICE}})`,
        '{{service}} {{objective}}',
      ]),
      lines('Burn rate over one hour', 'short', [
        `max by (service, objective) (watertight_objective_burn_rate{${OF_SERVICE},window="1h"})`,
        '{{service}} {{objective}}',
      ]),
    ],
  },
  {
    title: 'Calls',
    panels: [
      lines('Calls', 'reqps', [callRate('watertight_client_requests_total'), CALL_LEGEND]),
      lines('Calls without a good answer', 'percentunit', [
        `sum by (service, destination) (rate(watertight_client_requests_total{${OF_CALL},outcome=~"failure|refused"}${RANGE})) / sum by (service, destination) (rate(watertight_client_requests_total{${OF_CALL},outcome!="aborted"}${RANGE}))`,
        CALL_LEGEND,
      ]),
      lines('Duration of calls, p99', 's', [
        `histogram_quantile(0.99, sum by (service, destination, le) (rate(watertight_client_request_duration_seconds_bucket{${OF_CALL}}${RANGE})))`,
        CALL_LEGEND,
      ]),
    ],
  },
  {
    title: 'What policies do',
    panels: [
      {
        title: 'Circuit breakers that are not closed',
        unit: 'short',
        kind: 'state-timeline',
        queries: [
          {
            expression: `max by (service, destination, state) (watertight_circuit_breaker_state{${OF_CALL},state!="closed"})`,
            legend: `${CALL_LEGEND} {{state}}`,
          },
        ],
      },
      lines('Retries', 'reqps', [callRate('watertight_retries_total', ',outcome="retried"'), CALL_LEGEND]),
      lines('Refusals', 'reqps', [callRate('watertight_refusals_total'), CALL_LEGEND]),
      lines('Fallbacks', 'reqps', [callRate('watertight_fallbacks_total'), CALL_LEGEND]),
      lines('Timeouts', 'reqps', [callRate('watertight_timeouts_total'), CALL_LEGEND]),
      lines(
        'Bulkheads',
        'short',
        [`sum by (service, destination) (watertight_bulkhead_running{${OF_CALL}})`, `${CALL_LEGEND} running`],
        [`sum by (service, destination) (watertight_bulkhead_queued{${OF_CALL}})`, `${CALL_LEGEND} waiting`],
      ),
      lines('Ejected endpoints', 'short', [
        `sum by (service, destination) (watertight_client_ejected_endpoints{${OF_CALL}})`,
        CALL_LEGEND,
      ]),
    ],
  },
]

function serverQuantile(quantile: number): string {
  return `histogram_quantile(${quantile}, sum by (service, le) (rate(watertight_server_request_duration_seconds_bucket{${OF_SERVICE}}${RANGE})))`
}

function callRate(metric: string, matcher = ''): string {
  return `sum by (service, destination) (rate(${metric}{${OF_CALL}${matcher}}${RANGE}))`
}
