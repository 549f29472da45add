import type { TracesOptions } from '@watertight/deploy'
import type { Posture } from '@watertight/proxy'
import type { Terminal } from '../program/terminal.js'

const PROTOCOL = 'http/protobuf'

/**
 * Where an Envoy sends its spans, by the variables of OpenTelemetry's SDKs, as a proxy of our own does; undefined where none says so.
 * Envoy knows one protocol, and where another one is asked for it is told that there are no spans.
 */
export function envoyTraces(posture: Posture, { env, err }: Terminal): TracesOptions | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all = '', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own = '' } = env
  const url = own === '' && all !== '' ? `${all.replace(/\/$/, '')}/v1/traces` : own
  if (url === '' || env['OTEL_SDK_DISABLED'] === 'true') return undefined
  const { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol = env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? PROTOCOL } =
    env
  if (protocol !== PROTOCOL) {
    err.write(`envoy sends no spans to ${url}: it speaks ${PROTOCOL} alone, and ${protocol} is asked for\n`)
    return undefined
  }
  if (!URL.canParse(url)) {
    err.write(
      `envoy sends no spans: the address of the collector must be a URL, got ${JSON.stringify(url)}\n`,
    )
    return undefined
  }
  const service = env['OTEL_SERVICE_NAME'] ?? (posture.kind === 'gateway' ? 'gateway' : posture.service)
  return { url, service, share: shareOf(env) }
}

/** Of requests that come without a trace. */
function shareOf({
  OTEL_TRACES_SAMPLER: sampler = '',
  OTEL_TRACES_SAMPLER_ARG: given,
}: Terminal['env']): number {
  if (sampler.endsWith('always_off')) return 0
  const share = sampler.endsWith('traceidratio') ? Number(given ?? 1) : 1
  return share >= 0 && share <= 1 ? share : 1
}
