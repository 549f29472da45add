import { manifestName, type ServiceSketch } from '../system-sketch.js'
import { calledNames, commandValues, type NamedValue } from './called-names.js'
import { calledPort, containerKind, isHttp2 } from './container-kind.js'
import { healthPath } from './health-path.js'
import { fieldsAt, type Fields, isFields, listAt, textAt, wholeAt } from './fields.js'

/** The services of a Compose project, with ports, healthchecks, replicas and who needs whom. */
export function composeServices(file: Fields): ServiceSketch[] {
  const services = Object.entries(fieldsAt(file, 'services')).filter(([, service]) => isFields(service))
  const names = new Map(services.map(([name]) => [name, manifestName(name)]))
  for (const [name, service] of services) {
    for (const host of [
      textAt(service, 'container_name'),
      textAt(service, 'hostname'),
      ...aliasesOf(service),
    ])
      if (host !== undefined && !names.has(host)) names.set(host, manifestName(name))
  }
  return services.map(([name, service]) => composeService(name, service, names))
}

/** Further names by which a network knows a service. */
function aliasesOf(service: unknown): string[] {
  const aliases = Object.values(fieldsAt(service, 'networks')).flatMap((network) =>
    listAt(network, 'aliases'),
  )
  return aliases.filter((alias) => typeof alias === 'string')
}

function composeService(
  original: string,
  service: unknown,
  names: ReadonlyMap<string, string>,
): ServiceSketch {
  const name = manifestName(original)
  const image = textAt(service, 'image')
  const kind = containerKind({ image, name, ports: portsOf(service) })
  const command = kind === 'service' ? commandOf(service) : undefined
  const port = calledPort(kind, portsOf(service))
  const live = healthPath(original, service)
  const replicas = wholeAt(service, 'deploy', 'replicas') ?? wholeAt(service, 'scale')
  const drain = durationOf(textAt(service, 'stop_grace_period'))
  return {
    name,
    kind,
    ...(image === undefined ? {} : { description: `image ${image}`.slice(0, 1_000) }),
    ...(command === undefined ? {} : { run: command }),
    ...(port === undefined ? {} : { port }),
    ...(speaksHttp2(service) ? { protocol: 'h2' as const } : {}),
    ...(live === undefined ? {} : { live }),
    ...(replicas === undefined ? {} : { replicasMin: replicas, replicasMax: Math.max(replicas, 1) }),
    ...(drain === undefined ? {} : { drain }),
    calls: callsOf(name, service, names),
  }
}

/** Only commands of Node: those can enforce a policy in the process. Others are left to whoever reads the manifest. */
export function commandOf(service: unknown): string | undefined {
  const list = listAt(service, 'command')
  const text = list.length === 0 ? textAt(service, 'command') : list.join(' ')
  return text !== undefined && /^(node|npm|npx|tsx|pnpm|yarn)\s/.test(text) ? text.slice(0, 1_000) : undefined
}

/** Every port of TCP that other services reach: `8080:80` publishes 80 as 8080, and others reach the inner one. */
export function portsOf(service: unknown): number[] {
  return [...listAt(service, 'ports'), ...listAt(service, 'expose')].flatMap((port) => {
    if (isDatagram(port)) return []
    const number = isFields(port) ? wholeAt(port, 'target') : portNumber(port)
    return number === undefined ? [] : [number]
  })
}

/** Whether a port is one of UDP or SCTP, by which nobody is called over HTTP. */
export function isDatagram(port: unknown): boolean {
  const protocol = isFields(port) ? textAt(port, 'protocol') : String(port).split('/')[1]
  return protocol !== undefined && protocol.toLowerCase() !== 'tcp'
}

/** Whether its first port says `app_protocol: http2`, or something that is carried by it. */
function speaksHttp2(service: unknown): boolean {
  const first = listAt(service, 'ports').find((port) => !isDatagram(port))
  return isHttp2(textAt(first, 'app_protocol'))
}

function portNumber(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const inner = String(value).split(':').at(-1)?.split('/')[0]?.split('-')[0] ?? ''
  const port = Number(inner)
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined
}

function durationOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,9}(\.\d{1,3})?(ms|s|m|h)$/.test(text) ? text : undefined
}

function callsOf(name: string, service: unknown, names: ReadonlyMap<string, string>): string[] {
  const serviceOf = (host: string): string | undefined => names.get(host)
  const needed = dependencies(service).flatMap((dependency) => serviceOf(dependency) ?? [])
  const called = calledNames([...environmentOf(service), ...wordsOf(service)], serviceOf)
  return [...new Set([...needed, ...called])].filter((callee) => callee !== name)
}

function dependencies(service: unknown): string[] {
  const list = [...listAt(service, 'depends_on'), ...listAt(service, 'links')]
  const short = list.flatMap((item) => (typeof item === 'string' ? [item.split(':')[0] ?? ''] : []))
  const long = Object.entries(fieldsAt(service, 'depends_on'))
  // A job that must have finished, such as a migration, is not called.
  const running = long.filter(([, rule]) => textAt(rule, 'condition') !== 'service_completed_successfully')
  return [...short, ...running.map(([dependency]) => dependency)]
}

/** What its command says, as a list or as one line. */
function wordsOf(service: unknown): NamedValue[] {
  return ['command', 'entrypoint'].flatMap((key) => {
    const list = listAt(service, key).filter((word) => typeof word === 'string')
    return commandValues(list.length > 0 ? list : (textAt(service, key) ?? '').split(/\s+/))
  })
}

function environmentOf(service: unknown): [string, string][] {
  const map = Object.entries(fieldsAt(service, 'environment'))
  const list = listAt(service, 'environment').flatMap((item): [string, unknown][] => {
    if (typeof item !== 'string') return []
    const at = item.indexOf('=')
    return at === -1 ? [] : [[item.slice(0, at), item.slice(at + 1)]]
  })
  return [...map, ...list].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
}
