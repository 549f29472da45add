import type { Attributes } from '@opentelemetry/api'

/** How a metric of the registry is called where OpenTelemetry's names hold. */
export interface MetricIdentity {
  readonly name: string
  readonly unit: string
}

/** Endings that are units in Prometheus, and what OpenTelemetry writes for them (UCUM). */
const UNITS: Readonly<Record<string, string>> = { seconds: 's', bytes: 'By', ratio: '1' }

/** Names that are OpenTelemetry's own, as they are written there. */
const CONVENTIONAL: Readonly<Record<string, string>> = {
  http_client_request_duration_seconds: 'http.client.request.duration',
  http_server_request_duration_seconds: 'http.server.request.duration',
}

const CONVENTIONAL_LABELS: Readonly<Record<string, string>> = {
  http_request_method: 'http.request.method',
  http_response_status_code: 'http.response.status_code',
  http_route: 'http.route',
  url_template: 'url.template',
  server_address: 'server.address',
  error_type: 'error.type',
}

/** Names stay as they are scraped, so that one dashboard reads both; Prometheus adds no ending that is there already. */
export function identityOf(name: string): MetricIdentity {
  const plain = name.replace(/_total$/, '')
  const unit = UNITS[plain.slice(plain.lastIndexOf('_') + 1)] ?? ''
  return { name: CONVENTIONAL[name] ?? name, unit }
}

/** Labels as attributes; an empty one says that there is none. */
export function attributesOf(name: string, labels: readonly string[], values: readonly string[]): Attributes {
  const isConventional = name in CONVENTIONAL
  const attributes: Attributes = {}
  for (const [index, label] of labels.entries()) {
    const value = values[index] ?? ''
    if (value === '') continue
    const key = isConventional ? (CONVENTIONAL_LABELS[label] ?? label) : label
    attributes[key] = key === 'http.response.status_code' && /^\d+$/.test(value) ? Number(value) : value
  }
  return attributes
}
