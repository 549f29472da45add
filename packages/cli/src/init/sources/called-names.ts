/** An environment variable, a flag, or a text that has no name. */
export type NamedValue = readonly [name: string, value: string]

const TEXT_MAX = 16_384
const URL = /\b[a-z][a-z0-9+.-]{0,30}:\/\/\/?([^/\s"'<>?#]{1,1000})/gi
/** `tcp(my:3306)`, as drivers of Go write it; `@db:1521`, as Oracle's does. */
const DRIVER_HOST = /(?:\btcp\(|:@)([a-z0-9][a-z0-9.-]{0,252})(?::\d{1,5})?\)?/gi
/** `Server=db,1433;`, `Host=db`, `Data Source=tcp:db`, as ADO.NET and libpq write them. */
const PAIR_HOST =
  /(?:^|[;\s])(?:server|host|hostname|data source|datasource|address|addr|network address)\s*=\s*(?:tcp:)?([^;\s]{1,500})/gi
/** The variable that Kubernetes sets for each Service: `$(PAY_SERVICE_HOST)`. */
const SERVICE_HOST = /\b([A-Z][A-Z0-9_]{0,60})_SERVICE_HOST\b/g
const HOST_AND_PORT = /^([a-z0-9][a-z0-9.-]{0,252}):\d{1,5}(?:\/\S*)?$/i
const HOST_NAME = /(HOST|HOSTNAME|SERVER|ADDRESS|ADDR|SERVICE|URL|URI|ENDPOINT|BROKER|NODE)S?$/i

/**
 * The services that values name: hosts of URLs (`http://payment:7002/charges`, several with commas), hosts with a port
 * (`payment:7002`), hosts of connection strings (`Server=db;Port=5432`, `u:p@tcp(my:3306)/x`), and hosts alone where the
 * variable's name says so (`PAYMENT_HOST: payment`). `serviceOf` is asked for the whole host first and then for its first
 * label, so `payment.shop.svc.cluster.local` is payment.
 */
export function calledNames(
  values: Iterable<NamedValue>,
  serviceOf: (host: string) => string | undefined,
): string[] {
  const found = new Set<string>()
  for (const [name, value] of values) {
    for (const host of hostsIn(name, value.slice(0, TEXT_MAX))) {
      const service = serviceOf(host) ?? serviceOf(host.split('.')[0] ?? '')
      if (service !== undefined) found.add(service)
    }
  }
  return [...found]
}

function hostsIn(name: string, text: string): string[] {
  const hosts: string[] = []
  for (const [, authority = ''] of text.matchAll(URL)) {
    const afterUser = authority.slice(authority.lastIndexOf('@') + 1)
    hosts.push(...afterUser.split(/[,;]/).map(withoutPort))
  }
  for (const [, host = ''] of text.matchAll(DRIVER_HOST)) hosts.push(host)
  for (const [, variable = ''] of text.matchAll(SERVICE_HOST))
    hosts.push(variable.toLowerCase().replaceAll('_', '-'))
  for (const [, list = ''] of text.matchAll(PAIR_HOST)) hosts.push(...list.split(',').map(withoutPort))
  for (const part of text.split(/[\s,;]+/)) {
    const host = HOST_AND_PORT.exec(part)?.[1]
    if (host !== undefined) hosts.push(host)
    else if (HOST_NAME.test(name)) hosts.push(part)
  }
  return hosts
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

/**
 * The values in the words of a command: `--pay=http://pay`, `--pay http://pay`, `PAY=http://pay` and words that stand
 * alone.
 */
export function commandValues(words: readonly string[]): NamedValue[] {
  return words.map((word, index) => {
    const [, flag, value] = /^-{0,2}([\w.-]+)=([^]*)$/.exec(word) ?? []
    if (flag !== undefined && value !== undefined) return [flag, value]
    const before = words[index - 1]
    return [before?.startsWith('-') === true ? before.replace(/^-+/, '') : '', word]
  })
}
