import { type SelfSignedCertificate, selfSignedCertificate } from '@watertight/http/testing'
import type { Scenario } from '../scenario/scenario-schema.js'
import type { Endpoint } from './endpoint.js'
import { Http1Endpoint } from './http1-endpoint.js'
import { Http2Endpoint } from './http2-endpoint.js'
import { Recorder } from './recorder.js'
import { ReplyScript } from './reply-script.js'
import { SilentEndpoint } from './silent-endpoint.js'

/** The callee of a scenario: endpoints on real sockets that follow their scripts and write down what comes. */
export class Upstream implements AsyncDisposable {
  readonly recorder: Recorder = new Recorder()
  /** What callers must trust; undefined where there is no TLS. */
  readonly authority: string | undefined
  readonly #endpoints: ReadonlyMap<string, Endpoint>

  constructor({ upstream, protocol }: Scenario) {
    const certificate = protocol === 'h2' ? ownCertificate() : undefined
    this.authority = certificate?.cert
    const named = Object.entries(upstream).map(([name, script], index): [string, Endpoint] => {
      if (!script.listens) return [name, new SilentEndpoint(name, index + 1)]
      const replies = new ReplyScript(script)
      return [
        name,
        certificate === undefined
          ? new Http1Endpoint(name, replies, this.recorder)
          : new Http2Endpoint(name, replies, this.recorder, certificate),
      ]
    })
    this.#endpoints = new Map(named)
  }

  named(names: readonly string[]): readonly Endpoint[] {
    return names.map((name) => this.endpoint(name))
  }

  endpoint(name: string): Endpoint {
    return this.#endpoints.get(name)!
  }

  async start(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.start()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.stop()))
  }
}

/** As the callee is known to those who ask for more than its host. */
const CALLEE_IDENTITY = 'spiffe://conformance/callee'

let certificate: SelfSignedCertificate | undefined

function ownCertificate(): SelfSignedCertificate {
  return (certificate ??= selfSignedCertificate({ identity: CALLEE_IDENTITY }))
}
