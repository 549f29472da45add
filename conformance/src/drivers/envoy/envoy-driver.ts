import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  compileEnvoy,
  EnvoyAdmin,
  type EnvoyConfiguration,
  locateProgram,
  startEnvoy,
  writeConfiguration,
} from '@watertight/deploy'
import { pause } from '../../run/pause.js'
import type { Answer, CalleeEndpoint, CallerRequest, Driver, Setup, Subject } from '../driver.js'
import { modelOf } from '../model-of.js'
import { isGateway, proxiedDocument } from '../proxied-document.js'
import { proxiedAnswer } from '../wire/answer-from-wire.js'
import { Http1Caller } from '../wire/http1-caller.js'
import { envoyDifferences } from './envoy-differences.js'
import { FLAGS_HEADER, withFlags } from './with-flags.js'

const START_MS = 60_000

/** The real Envoy, as sidecar of the caller, with what the compiler makes of the document. */
export const envoyDriver: Driver = {
  name: 'envoy',
  engine: {
    missing: () => (locateProgram('envoy') === undefined ? 'npm run engines installs envoy' : undefined),
  },
  ...envoyDifferences,
  start: (setup) => EnvoySubject.start(setup, compiledConfiguration),
}

/** What Envoy is told of a setup, by files in this folder. */
export type Configure = (setup: Setup, folder: string) => EnvoyConfiguration

/** The real Envoy by another configuration than ours, for scenarios of which ours is only one reading. */
export function envoyDriverBy(name: string, configure: Configure, differs: Driver['differs']): Driver {
  return { ...envoyDriver, name, differs, start: (setup) => EnvoySubject.start(setup, configure) }
}

class EnvoySubject implements Subject {
  readonly #folder: string
  readonly #caller: Http1Caller = new Http1Caller()
  readonly #underWay: Set<Promise<Answer>> = new Set()
  #draining: boolean = false
  #admin: EnvoyAdmin | undefined
  #port: number = 0
  #setup: Setup
  #child: ReturnType<typeof startEnvoy> | undefined
  readonly #words: string[] = []

  readonly #configure: Configure

  private constructor(setup: Setup, folder: string, configure: Configure) {
    this.#setup = setup
    this.#folder = folder
    this.#configure = configure
  }

  static async start(setup: Setup, configure: Configure): Promise<EnvoySubject> {
    const folder = await mkdtemp(join(tmpdir(), 'conformance-envoy-'))
    const subject = new EnvoySubject(setup, folder, configure)
    await subject.#start()
    return subject
  }

  async #start(): Promise<void> {
    const program = locateProgram('envoy')
    if (program === undefined) throw new Error('envoy is not here: run npm run engines')
    const { bootstrap } = await writeConfiguration(this.#folder, await this.#configuration())
    this.#child = startEnvoy({
      program,
      bootstrap,
      workers: 1,
      adminAddressFile: join(this.#folder, 'admin'),
      onLine: (line, stream) => {
        if (stream === 'err') this.#words.push(line)
      },
    })
    await this.#until(() => this.#isReady())
  }

  /** Ports are for Envoy to choose: one that was free a moment ago may be another's by now. */
  async #isReady(): Promise<boolean> {
    const address = await readFile(join(this.#folder, 'admin'), 'utf8').catch(() => '')
    if (address === '') return false
    const admin = new EnvoyAdmin(Number(address.split(':').at(-1)))
    if (!(await admin.isReady())) return false
    this.#admin = admin
    this.#port = (await admin.portOf(isGateway(this.#setup) ? 'gateway' : 'to-callee')) ?? 0
    return this.#port !== 0
  }

  send(request: CallerRequest): Promise<Answer> {
    const sent = this.#send(request)
    this.#underWay.add(sent)
    void sent.finally(() => this.#underWay.delete(sent))
    return sent
  }

  async #send(request: CallerRequest): Promise<Answer> {
    const answer = await this.#caller.send(`http://127.0.0.1:${this.#port}`, request)
    // Endpoints are ejected on Envoy's main thread, to which the one that answers hands a failure before the answer. That
    // thread answers this question too, after what it was handed before.
    if (this.#setup.policy['ejection'] !== undefined && !(Number(answer.outcome) < 500))
      await this.#admin?.isReady()
    if (this.#draining && answer.outcome === 'connect-failure') return { ...answer, outcome: 'closed' }
    const { [FLAGS_HEADER]: flags = '', ...headers } = answer.headers
    // What the callee has answered is its word, whatever the flags tell of attempts that there were, or were not.
    if ('x-envoy-upstream-service-time' in headers) return { ...answer, headers, flags: flags.split(',') }
    const told = proxiedAnswer({ ...answer, headers }, flags.split(','))
    // No flag tells a refused stream from another reset, or a call beyond the rate.
    if (told.outcome === 'reset' && told.body.includes('remote refused stream reset'))
      return { ...told, outcome: 'refused-stream' }
    return told.outcome === 429 && told.body === 'local_rate_limited'
      ? { ...told, outcome: 'rate-limited' }
      : told
  }

  async moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void> {
    await this.#change({ ...this.#setup, endpoints })
  }

  async reload(policy: Setup['policy']): Promise<void> {
    await this.#change({ ...this.#setup, policy })
  }

  async drain(): Promise<void> {
    this.#draining = true
    await this.#admin?.drain()
    await Promise.all(this.#underWay)
  }

  async stop(): Promise<void> {
    this.#caller.close()
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #change(setup: Setup): Promise<void> {
    this.#setup = setup
    const configuration = await this.#configuration()
    await writeConfiguration(this.#folder, configuration)
    await this.#until(
      async () =>
        (await this.#admin?.isInForce(configuration)) === true && (await this.#admin?.isWarm()) === true,
    )
  }

  async #configuration(): Promise<EnvoyConfiguration> {
    const { authority } = this.#setup
    if (authority !== undefined) await writeFile(authorityIn(this.#folder), authority)
    return withFlags(this.#configure(this.#setup, this.#folder))
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const until = performance.now() + START_MS
    while (!(await holds())) {
      const ended = this.#child === undefined || this.#child.exitCode !== null
      if (performance.now() > until || ended)
        throw new Error(`envoy is not ready: ${this.#words.slice(-5).join(' | ')}`)
      await pause(10)
    }
  }
}

const authorityIn = (folder: string): string => join(folder, 'authority.pem')

function compiledConfiguration(setup: Setup, folder: string): EnvoyConfiguration {
  return compileEnvoy(modelOf(proxiedDocument(setup)), {
    folder,
    posture: isGateway(setup) ? 'gateway' : { sidecar: 'caller' },
    adminPort: 0,
    outbound: { callee: 0 },
    ...(setup.authority === undefined ? {} : { authorities: { callee: authorityIn(folder) } }),
  })
}
