import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An alert as Alertmanager tells it: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. */
export interface ToldAlert {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Who is told of alerts. */
export class Webhook implements AsyncDisposable {
  readonly alerts: ToldAlert[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        this.alerts.push(...(JSON.parse(body) as { readonly alerts: readonly ToldAlert[] }).alerts)
        response.end()
      })
    }).listen(0, '127.0.0.1')
  }

  static async open(): Promise<Webhook> {
    const webhook = new Webhook()
    await once(webhook.#server, 'listening')
    return webhook
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** The names of those that fire for a service. */
  firing(service: string): string[] {
    return this.alerts
      .filter(({ status, labels }) => status === 'firing' && labels['service'] === service)
      .map(({ labels }) => labels['alertname'] ?? '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
