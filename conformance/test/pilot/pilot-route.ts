import type { Json } from '@watertight/deploy'

interface Target {
  readonly host: string
  readonly subset?: string
}

interface Retries {
  readonly attempts?: number
  readonly retryOn?: string
  readonly perTryTimeout?: string
  readonly backoff?: string
}

/** A route of a VirtualService, as far as scenarios use one. */
export interface HttpRoute {
  readonly match?: readonly {
    readonly uri?: { readonly prefix?: string; readonly exact?: string }
    readonly method?: { readonly exact: string }
  }[]
  readonly route?: readonly { readonly destination: Target; readonly weight?: number }[]
  readonly directResponse?: { readonly status: number; readonly body: { readonly string: string } }
  readonly retries?: Retries
  readonly timeout?: string
  readonly mirror?: Target
  readonly fault?: {
    readonly abort: { readonly httpStatus: number; readonly percentage?: { readonly value: number } }
  }
}

/** One route of Envoy for each entry of `match`, which are alternatives, and one without. */
export function pilotRoutes(route: HttpRoute): Json[] {
  return (route.match ?? [{}]).map(({ uri, method }) => ({
    match: {
      ...(uri?.exact === undefined ? { prefix: uri?.prefix ?? '/' } : { path: uri.exact }),
      ...(method === undefined
        ? {}
        : { headers: [{ name: ':method', string_match: { exact: method.exact } }] }),
    },
    ...actionOf(route),
    ...faultOf(route),
  }))
}

function actionOf({ directResponse, route = [], retries, timeout, mirror }: HttpRoute): Json {
  if (directResponse !== undefined) {
    const { status, body } = directResponse
    return { direct_response: { status, body: { inline_string: body.string } } }
  }
  const clusters = route.map(({ destination, weight = 1 }) => ({
    name: destination.subset ?? destination.host,
    weight,
  }))
  return {
    route: {
      ...(clusters.length === 1 ? { cluster: clusters[0]!.name } : { weighted_clusters: { clusters } }),
      timeout: timeout ?? '0s',
      ...retryPolicy(retries),
      ...(mirror === undefined ? {} : { request_mirror_policies: [{ cluster: mirror.host, ...all }] }),
    },
  }
}

const all = { runtime_fraction: { default_value: { numerator: 100, denominator: 'HUNDRED' } } }

const DEFAULT_ON = 'connect-failure,refused-stream,unavailable,cancelled'

function retryPolicy({ attempts, retryOn, perTryTimeout, backoff }: Retries = { attempts: 2 }): Json {
  if (attempts === undefined || attempts === 0) return {}
  const tokens = (retryOn ?? DEFAULT_ON).split(',')
  const statuses = tokens.filter((token) => /^\d+$/.test(token)).map(Number)
  const conditions = tokens.filter((token) => !/^\d+$/.test(token))
  const on = statuses.length === 0 ? conditions : [...conditions, 'retriable-status-codes']
  const avoidance = 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'
  return {
    retry_policy: {
      num_retries: attempts,
      retry_on: on.join(','),
      retriable_status_codes: statuses,
      retry_host_predicate: [
        {
          name: 'envoy.retry_host_predicates.previous_hosts',
          typed_config: { '@type': `type.googleapis.com/${avoidance}` },
        },
      ],
      host_selection_retry_max_attempts: '5',
      ...(perTryTimeout === undefined ? {} : { per_try_timeout: seconds(perTryTimeout) }),
      ...(backoff === undefined ? {} : { retry_back_off: { base_interval: seconds(backoff) } }),
    },
  }
}

/** Without a percentage a fault strikes nobody. */
function faultOf({ fault }: HttpRoute): Json {
  if (fault === undefined) return {}
  const { httpStatus, percentage } = fault.abort
  const share = { numerator: percentage?.value ?? 0, denominator: 'HUNDRED' }
  return {
    typed_per_filter_config: {
      'envoy.filters.http.fault': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
        abort: { http_status: httpStatus, percentage: share },
      },
    },
  }
}

/** `400ms` as Envoy writes it. */
export function seconds(text: string): string {
  return text.endsWith('ms') ? `${Number(text.slice(0, -2)) / 1_000}s` : text
}
