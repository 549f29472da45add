import { type Client, type ClientOptions, createClient } from '@watertight/http'
import { type ManifestReading, readManifest } from '@watertight/manifest'
import type { Answer, CalleeEndpoint, CallerRequest, Driver, Setup, Subject } from '../driver.js'
import { documentOf } from '../document-of.js'
import { answerOf, failureOf } from './answer-of.js'

const ROUTES = 'routes belong to a gateway, and a client in a process has none'
const BETWEEN = 'the client makes the requests itself and stands between nobody'

/** The client in the process of the caller, as `createClient` makes it from a document. */
export const clientDriver: Driver = {
  name: 'client',
  lacks: {
    routes: ROUTES,
    'needs.between': BETWEEN,
    istio: ROUTES,
    health: 'it sends nothing but the calls of its process, and asks nobody for health',
    'answers.flag': 'it fails with an error, whose code tells what a flag would',
    'needs.trusts-caller':
      'its caller is code of the same process, which steers by options and not by headers',
  },
  differs: {},
  start: async (setup) => new ClientSubject(setup),
}

class ClientSubject implements Subject {
  readonly #setup: Setup
  #client: Client

  constructor(setup: Setup) {
    this.#setup = setup
    this.#client = clientOf(setup, setup.endpoints)
  }

  async send({ method, path, headers, body, signal, onBody }: CallerRequest): Promise<Answer> {
    try {
      const init = { method, headers, ...(body === undefined ? {} : { body }), ...(signal && { signal }) }
      return await answerOf(await this.#client['callee']!.fetch(path, init), onBody)
    } catch (error) {
      return failureOf(error)
    }
  }

  /** Addresses are given to a client when it is made. */
  async moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void> {
    const former = this.#client
    this.#client = clientOf(this.#setup, endpoints)
    await former.close()
  }

  async reload(policy: Setup['policy']): Promise<void> {
    this.#client.update(systemOf({ ...this.#setup, policy }))
  }

  drain(): Promise<void> {
    return this.#client.close()
  }

  stop(): Promise<void> {
    return this.#client.destroy()
  }
}

function clientOf(setup: Setup, endpoints: readonly CalleeEndpoint[]): Client {
  const callee = endpoints.map(({ origin }) => origin)
  const { authority } = setup
  const secure: Partial<ClientOptions> =
    authority === undefined ? {} : { tls: { ca: authority }, allowH2: true }
  return createClient(systemOf(setup), { service: 'caller', endpoints: { callee }, ...secure })
}

/** What the manifest does not know would be left out of the model, and the scenario would test nothing. */
function systemOf(setup: Setup): NonNullable<ManifestReading['system']> {
  const { system, problems } = readManifest(JSON.stringify(documentOf(setup)), 'scenario.yaml')
  if (system === undefined || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('; '))
  return system
}
