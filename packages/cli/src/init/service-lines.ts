import type { CallOrder } from './call-order.js'
import { STANDARD_TOTAL_SECONDS } from './standard-policy.js'
import type { ServiceSketch, SystemSketch } from './system-sketch.js'

/** A service as lines of the manifest, and the policies that they name. */
export interface ServiceLines {
  readonly lines: readonly string[]
  readonly policies: readonly string[]
}

export function serviceLines(
  service: ServiceSketch,
  sketch: SystemSketch,
  order: CallOrder,
  once: ReadonlySet<string>,
): ServiceLines {
  const calls = callLines(service, sketch, order, once)
  const body = [...ownLines(service), ...calls.lines]
  // A flow map takes no lines below it, so one that is empty gets no comments either.
  const isEmpty = body.every((line) => line.trimStart().startsWith('#'))
  const lines = isEmpty ? [`  ${service.name}: {}`] : [`  ${service.name}:`, ...body]
  return { lines, policies: calls.policies }
}

function ownLines(service: ServiceSketch): string[] {
  const { run, port, protocol, clash, drain, release, kind, remarks = [] } = service
  const isOurs = kind === 'service'
  const health = flow({ live: service.live, ready: service.ready, startup: service.startup })
  const scale = flow({
    min: service.replicasMin,
    max: service.replicasMax,
    cpu: service.cpu,
    maxUnavailable: service.maxUnavailable,
  })
  return [
    ...(service.description === undefined ? [] : [`    description: ${quoted(service.description)}`]),
    ...(run === undefined ? (isOurs ? ['    # run: node dist/main.js'] : []) : [`    run: ${quoted(run)}`]),
    ...(port === undefined ? [] : [`    port: ${port}`]),
    ...(clash === undefined
      ? []
      : [`    # port: ${clash.port} is the port of ${clash.owner} too: give it one of its own`]),
    ...(protocol === undefined ? [] : [`    protocol: ${protocol}`]),
    ...(health === undefined ? [] : [`    health: ${health}`]),
    ...(health === undefined && isOurs ? ['    # health: { live: /healthz, ready: /readyz }'] : []),
    ...remarks.map((remark) => `    # ${remark.replaceAll(/\s+/g, ' ')}`),
    ...(scale === undefined ? [] : [`    scale: ${scale}`]),
    ...(drain === undefined ? [] : [`    drain: ${drain}`]),
    ...(release === undefined ? [] : [`    release: ${release}`]),
    ...(isOurs ? ['    # objective: { availability: 99.9%, latency: { p99: 300ms }, window: 30d }'] : []),
  ]
}

function callLines(
  service: ServiceSketch,
  sketch: SystemSketch,
  order: CallOrder,
  once: ReadonlySet<string>,
): ServiceLines {
  const policies: string[] = []
  const lines = order.callees(service.name).map((callee) => {
    const target = sketch.services.find(({ name }) => name === callee)
    const height = order.height(callee)
    const policy = target?.kind === 'datastore' ? 'datastore' : height === 0 ? 'standard' : 'outer'
    policies.push(policy)
    // Each level waits a second longer than the one below it.
    const patience = STANDARD_TOTAL_SECONDS + height
    const timeout =
      height > 1 && policy === 'outer' ? `, timeout: { attempt: ${patience}s, total: ${patience}s }` : ''
    const [retry, why] = once.has(callee)
      ? [', retry: off', ' # many ways lead here: second tries would multiply']
      : ['', '']
    return `      ${callee}: { policy: ${policy}${timeout}${retry} }${why}`
  })
  const dropped = order
    .dropped(service.name)
    .map(
      (callee) =>
        `      # ${callee}: left out, as it calls back to ${service.name}: a circle of calls cannot be made safe`,
    )
  const head = lines.length === 0 ? '    # calls:' : '    calls:'
  if (lines.length + dropped.length === 0) return { lines: [], policies }
  return { lines: [head, ...lines, ...dropped], policies }
}

function flow(values: Readonly<Record<string, string | number | undefined>>): string | undefined {
  const parts = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return []
    return [`${key}: ${typeof value === 'number' ? value : quoted(value)}`]
  })
  return parts.length === 0 ? undefined : `{ ${parts.join(', ')} }`
}

const PLAIN = /^[A-Za-z/][\w./:% -]*$/
const NOT_PLAIN = /: |:$| #| $|^(true|false|null|yes|no|on|off)$/i
const QUANTITY = /^\d+(\.\d+)?(%|ms|s|m|h|d)$/

// Plain where that cannot be misread; a string of JSON is a double-quoted string of YAML.
function quoted(text: string): string {
  const isPlain = QUANTITY.test(text) || (PLAIN.test(text) && !NOT_PLAIN.test(text))
  return isPlain ? text : JSON.stringify(text)
}
