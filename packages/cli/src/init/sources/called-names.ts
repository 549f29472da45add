const URL_HOST = /\b[a-z][a-z0-9+.-]*:\/\/(?:[^@/\s]*@)?([a-z0-9.-]+)/gi
const HOST_AND_PORT = /^([a-z0-9][a-z0-9.-]*):\d{1,5}$/i

/**
 * The services that environment values name: hosts of URLs (`http://payment:7002/charges`), hosts with a port
 * (`payment:7002`), and hosts alone where the variable's name says so (`PAYMENT_HOST: payment`). A host's first label
 * is the service, so `payment.shop.svc.cluster.local` is payment.
 */
export function calledNames(
  environment: Iterable<readonly [name: string, value: string]>,
  serviceOf: (host: string) => string | undefined,
): string[] {
  const found = new Set<string>()
  for (const [name, value] of environment) {
    const text = value.slice(0, 4_096)
    const hosts = [...text.matchAll(URL_HOST)].map((match) => match[1] ?? '')
    for (const part of text.split(/[\s,;]+/)) {
      const host = HOST_AND_PORT.exec(part)?.[1]
      if (host !== undefined) hosts.push(host)
      else if (/(HOST|SERVER|ADDRESS|ADDR|SERVICE)S?$/i.test(name)) hosts.push(part)
    }
    for (const host of hosts) {
      const service = serviceOf(host) ?? serviceOf(host.split('.')[0] ?? '')
      if (service !== undefined) found.add(service)
    }
  }
  return [...found]
}
