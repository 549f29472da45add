import { selfSignedCertificate } from '@watertight/http/testing'
import { Proxy, type ProxyCredentials, openCredentials } from '@watertight/proxy'
import { certificateFiles } from '@watertight/proxy/certificates'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import type { Answer, CalleeEndpoint, CallerRequest, Driver, Setup, Subject } from '../driver.js'
import { modelOf } from '../model-of.js'
import { isGateway, proxiedDocument } from '../proxied-document.js'
import { proxiedAnswer } from '../wire/answer-from-wire.js'
import { Http1Caller } from '../wire/http1-caller.js'
import { Http2Caller } from '../wire/http2-caller.js'
import { AccessLines } from './access-lines.js'
import { proxyDifferences } from './proxy-differences.js'

/** The Node proxy in front of the callee, whose callers speak HTTP/1.1. */
export const proxyDriver: Driver = {
  name: 'proxy',
  ...proxyDifferences.http1,
  start: (setup) => ProxySubject.start(setup, new Http1Caller()),
}

/** The same, whose callers speak HTTP/2. */
export const proxyHttp2Driver: Driver = {
  name: 'proxy-h2',
  ...proxyDifferences.http2,
  start: (setup) => ProxySubject.start(setup, new Http2Caller()),
}

/** By it, what the callee has answered is told from what the proxy has. */
const SERVICE_TIME_HEADER = 'x-envoy-upstream-service-time'

class ProxySubject implements Subject {
  readonly #caller: Http1Caller | Http2Caller
  readonly #log: AccessLines = new AccessLines()
  readonly #proxy: Proxy
  #setup: Setup
  #isDraining: boolean = false

  private constructor(
    setup: Setup,
    caller: Http1Caller | Http2Caller,
    model: SystemModel,
    credentials: ProxyCredentials,
  ) {
    this.#setup = setup
    this.#caller = caller
    const posture = isGateway(setup)
      ? ({ kind: 'gateway' } as const)
      : ({ kind: 'sidecar', service: 'caller' } as const)
    this.#proxy = new Proxy({ model, posture, credentials, accessLog: this.#log.stream })
  }

  static async start(setup: Setup, caller: Http1Caller | Http2Caller): Promise<ProxySubject> {
    const model = proxyModelOf(setup)
    const subject = new ProxySubject(setup, caller, model, await credentialsFor(setup, model))
    await subject.#proxy.listen()
    return subject
  }

  async send(request: CallerRequest): Promise<Answer> {
    const answer = await this.#caller.send(`http://127.0.0.1:${this.#port}`, request)
    if (typeof answer.outcome !== 'number')
      return this.#isDraining && answer.outcome === 'connect-failure'
        ? { ...answer, outcome: 'closed' }
        : answer
    this.#proxy.flushLog()
    const line = this.#log.take(request.method, request.path, answer.outcome)
    const flags = line?.flags.split(',') ?? []
    return SERVICE_TIME_HEADER in answer.headers
      ? { ...answer, flags }
      : refinedAnswer(proxiedAnswer(answer, flags), line?.detail ?? '')
  }

  async moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void> {
    this.#setup = { ...this.#setup, endpoints }
    await this.#proxy.reload(proxyModelOf(this.#setup))
  }

  async reload(policy: Setup['policy']): Promise<void> {
    this.#setup = { ...this.#setup, policy }
    await this.#proxy.reload(proxyModelOf(this.#setup))
  }

  async drain(): Promise<void> {
    this.#isDraining = true
    await this.#proxy.drain()
  }

  async stop(): Promise<void> {
    this.#caller.close()
    this.#proxy.destroy()
  }

  get #port(): number {
    const name = isGateway(this.#setup) ? 'gateway' : 'callee'
    return this.#proxy.ports.find((port) => port.name === name)!.port
  }
}

/** No flag tells an open circuit from another limit, or a refused stream from another reset: the details do. */
function refinedAnswer(answer: Answer, detail: string): Answer {
  if (answer.outcome === 'overflow' && /circuit/i.test(detail)) return { ...answer, outcome: 'circuit-open' }
  if (answer.outcome === 'reset' && answer.body.includes('refused the stream'))
    return { ...answer, outcome: 'refused-stream' }
  return answer
}

/** The gateway listens at whichever port is free: scenarios run side by side. */
function proxyModelOf(setup: Setup): SystemModel {
  const document = proxiedDocument(setup)
  const model = modelOf(setup.authority === undefined ? document : { ...document, mutualTls: true })
  const listen = { host: '127.0.0.1', port: 0, tls: undefined }
  return { ...model, gateway: { ...model.gateway, listen } }
}

/** As a user has them: a folder of the workload beside the document, where the authority is said whom to trust. */
async function credentialsFor({ authority }: Setup, model: SystemModel): Promise<ProxyCredentials> {
  if (authority === undefined) return { listener: undefined, workload: undefined }
  const folder = await mkdtemp(join(tmpdir(), 'conformance-proxy-'))
  try {
    const workload = join(folder, 'certs', 'caller')
    const { cert, key } = selfSignedCertificate()
    await mkdir(workload, { recursive: true })
    await writeFile(join(workload, certificateFiles.certificate), cert)
    await writeFile(join(workload, certificateFiles.key), key)
    await writeFile(join(workload, certificateFiles.trust), authority)
    return await openCredentials(model, { kind: 'sidecar', service: 'caller' }, folder, () => undefined)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
