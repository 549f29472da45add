import type { Histogram, HistogramFamily } from '../metrics/histogram.js'
import type { MetricRegistry } from '../metrics/metric-registry.js'
import { methodLabel, templateOf } from '../tracing/span-name.js'
import type { CallOutcome } from './recorders.js'

const SERIES_MAX = 5_000
const requestLabels = [
  'service',
  'http_request_method',
  'http_response_status_code',
  'http_route',
  'error_type',
] as const
const callLabels = [
  'service',
  'server_address',
  'http_request_method',
  'http_response_status_code',
  'url_template',
  'error_type',
] as const

/**
 * Durations under the names and labels of OpenTelemetry's stable HTTP conventions, as Prometheus writes them. A call is
 * measured as its caller sees it, with its retries, where the conventions measure each request on the wire.
 */
export class ConventionalMetrics {
  readonly #calls: HistogramFamily<(typeof callLabels)[number]>
  readonly #requests: HistogramFamily<(typeof requestLabels)[number]>

  constructor(registry: MetricRegistry) {
    this.#calls = registry.histogram({
      name: 'http_client_request_duration_seconds',
      help: 'Duration of calls to other services, by the HTTP conventions of OpenTelemetry.',
      labels: callLabels,
      seriesMax: SERIES_MAX,
    })
    this.#requests = registry.histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Duration of answered requests, by the HTTP conventions of OpenTelemetry.',
      labels: requestLabels,
      seriesMax: SERIES_MAX,
    })
  }

  call(
    { service, destination }: { readonly service: string; readonly destination: string },
    route: string,
    outcome: CallOutcome,
    status: string,
  ): Histogram {
    const { method, template } = partsOf(route)
    return this.#calls.with({
      service,
      server_address: destination,
      http_request_method: method,
      http_response_status_code: statusLabel(status),
      url_template: template,
      error_type: errorLabel(outcome, status),
    })
  }

  request(service: string, route: string, outcome: CallOutcome, status: string): Histogram {
    const { method, template } = partsOf(route)
    return this.#requests.with({
      service,
      http_request_method: method,
      http_response_status_code: statusLabel(status),
      http_route: template,
      error_type: errorLabel(outcome, status),
    })
  }
}

/** `POST /charges` in its parts; a route without a method is a template alone. */
function partsOf(route: string): { method: string; template: string } {
  const [first = '', rest] = route.split(' ', 2)
  if (rest === undefined) return { method: '_OTHER', template: route }
  return { method: methodLabel(first), template: templateOf(first, route) }
}

/** A call without an answer has no status. */
const statusLabel = (status: string): string => (status === '0' ? '' : status)

const errorLabel = (outcome: CallOutcome, status: string): string => {
  if (outcome === 'success' || outcome === 'fallback') return ''
  return status === '0' ? outcome : status
}
