import type { Endpoint } from './endpoint.js'

/** Nobody listens there: the first ports belong to the system, and no process of a user can take them by chance. */
export class SilentEndpoint implements Endpoint {
  readonly name: string
  readonly origin: string

  constructor(name: string, port: number) {
    this.name = name
    this.origin = `http://127.0.0.1:${port}`
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}
}
