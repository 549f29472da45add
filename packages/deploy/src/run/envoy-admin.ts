import { request } from 'node:http'
import type { EnvoyConfiguration } from '../targets/envoy/compile-envoy.js'

const LIMIT_MS = 2_000

/** Asks a running Envoy, on its port for that. */
export class EnvoyAdmin {
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /** Whether it has read all of its configuration and takes requests. */
  async isReady(): Promise<boolean> {
    const { body } = await this.#ask('GET', '/ready').catch(() => ({ body: '' }))
    // Another program may have the port.
    return body.trim() === 'LIVE'
  }

  /**
   * Whether it works by these files. False too when it has refused them: then it goes on by those before, and `refused`
   * counts up.
   */
  async isInForce({ files }: Pick<EnvoyConfiguration, 'files'>): Promise<boolean> {
    const { body } = await this.#ask('GET', '/stats?filter=version_text$')
    const versions = new Map(
      body.split('\n').map((line) => {
        const colon = line.lastIndexOf(':')
        return [line.slice(0, colon), line.slice(colon + 1).replace(/[" ]/g, '')]
      }),
    )
    return [...files].every(([name, file]) => versions.get(statisticOf(name)) === file['version_info'])
  }

  /** Whether every cluster that it has been told of takes requests, and every endpoint has been asked after its health. */
  async isWarm(): Promise<boolean> {
    if ((await this.#sum('warming_clusters$')) > 0) return false
    const { body } = await this.#ask('GET', '/clusters')
    return !body.includes('pending_active_hc')
  }

  /** The port of a listener, which may have been left for it to choose; undefined while it does not listen. */
  async portOf(listener: string): Promise<number | undefined> {
    const { body } = await this.#ask('GET', '/listeners')
    const line = body.split('\n').find((text) => text.startsWith(`${listener}::`))
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(':') + 1))
  }

  /** Requests that it has taken and not answered to the end. */
  async requestsUnderWay(): Promise<number> {
    return await this.#sum('downstream_rq_active$')
  }

  /** How often it has refused a file. */
  async refused(): Promise<number> {
    return await this.#sum('update_(rejected|failure)$')
  }

  /** Takes no new connections from now on, and tells those that there are to end as their requests end. */
  async drain(): Promise<void> {
    await this.#ask('POST', '/drain_listeners')
  }

  async #sum(statistics: string): Promise<number> {
    const { body } = await this.#ask('GET', `/stats?filter=${statistics}`)
    return (
      body
        .split('\n')
        // Whoever asks is a request itself.
        .filter((line) => !line.startsWith('http.admin.'))
        .reduce((sum, line) => sum + (Number(/: (\d+)$/.exec(line)?.[1]) || 0), 0)
    )
  }

  #ask(method: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, method, path, agent: false, timeout: LIMIT_MS }
      const asked = request(options, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (body += part))
        response.once('error', reject)
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      asked.once('timeout', () => asked.destroy(new Error(`no answer within ${LIMIT_MS} ms`)))
      asked.once('error', reject)
      asked.end()
    })
  }
}

/** The statistic in which Envoy tells the version of a file. */
function statisticOf(file: string): string {
  const name = file.replace(/^\w+\/|\.json$/g, '')
  if (file === 'clusters.json') return 'cluster_manager.cds.version_text'
  if (file === 'listeners.json') return 'listener_manager.lds.version_text'
  return file.startsWith('routes/') ? `http.${name}.rds.${name}.version_text` : `cluster.${name}.version_text`
}
