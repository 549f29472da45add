import { OptionError } from '@watertight/policy'

/** Which origins are reached through which proxy. */
export interface ProxySettings {
  /** For `http:` origins, such as `http://proxy.internal:3128`. */
  readonly http: URL | undefined
  /** For `https:` origins. */
  readonly https: URL | undefined
  /** Hosts that are reached directly, as `NO_PROXY` lists them. */
  readonly except: readonly ProxyException[]
}

/**
 * Reads the option of the same name: the address of one proxy for everything, `environment` for what its variables
 * say, `false` for none. Left out, the environment counts if `NODE_USE_ENV_PROXY` says so, as it does for the platform.
 *
 * @throws {OptionError} for a proxy that is not an `http:` or `https:` URL
 */
export function readProxy(
  option: string | URL | false | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings | undefined {
  const followsEnvironment =
    option === 'environment' || (option === undefined && environment['NODE_USE_ENV_PROXY'] === '1')
  if (followsEnvironment) return proxySettingsOf(environment)
  if (option === undefined || option === false) return undefined
  const proxy = proxyUrl(String(option), 'proxy')
  return { http: proxy, https: proxy, except: [] }
}

/** One host, or all below it, at one port or any. */
interface ProxyException {
  /** In lower case; `*` for every host. */
  readonly host: string
  readonly port: string | undefined
}

/**
 * Reads what the environment says of proxies: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, each in lower case first.
 *
 * @throws {OptionError} for a proxy that is not an `http:` or `https:` URL
 */
function proxySettingsOf(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined
  const url = (name: string): URL | undefined => {
    const text = read(name)
    return text === undefined ? undefined : proxyUrl(text, name)
  }
  const http = url('HTTP_PROXY')
  return { http, https: url('HTTPS_PROXY') ?? http, except: readExceptions(read('NO_PROXY') ?? '') }
}

/** The proxy for one origin; undefined to reach it directly. */
export function proxyFor(origin: URL, settings: ProxySettings): URL | undefined {
  const proxy = origin.protocol === 'https:' ? settings.https : settings.http
  if (proxy === undefined) return undefined
  const host = unbracketed(origin.hostname)
  const port = origin.port || (origin.protocol === 'https:' ? '443' : '80')
  return settings.except.some((exception) => covers(exception, host, port)) ? undefined : proxy
}

/**
 * Reads the address of a proxy.
 *
 * @throws {OptionError} unless it is an `http:` or `https:` URL
 */
function proxyUrl(text: string, name: string): URL {
  const problem = (got: string): OptionError =>
    new OptionError(
      `cannot create fetch: ${name} must be a URL such as 'http://proxy.internal:3128', got ${got}`,
      name,
    )
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw problem('one that cannot be read')
  }
  // Not the text itself: it may hold a password.
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw problem(`the scheme ${url.protocol}`)
  return url
}

function readExceptions(text: string): ProxyException[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const match = /^(?<host>\[[^\]]+\]|[^:]*)(?::(?<port>\d+))?$/.exec(entry)?.groups
      const host = unbracketed(match?.['host'] ?? entry).toLowerCase()
      return { host: host === '*' ? '*' : host.replace(/^\*?\./, ''), port: match?.['port'] }
    })
}

function covers(exception: ProxyException, host: string, port: string): boolean {
  if (exception.port !== undefined && exception.port !== port) return false
  return exception.host === '*' || host === exception.host || host.endsWith(`.${exception.host}`)
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
