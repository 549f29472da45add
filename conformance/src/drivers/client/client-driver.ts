import { type Client, createClient } from '@watertight/http'
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
  #setup: Setup
  readonly #client: Client

  constructor(setup: Setup) {
    this.#setup = setup
    this.#client = createClient(systemOf(setup), {
      service: 'caller',
      endpoints: () => this.#setup.endpoints.map(({ origin }) => origin),
      ...(setup.authority === undefined ? {} : { tls: { ca: setup.authority }, allowH2: true }),
    })
  }

  async send({ method, path, headers, body, signal, onBody }: CallerRequest): Promise<Answer> {
    try {
      const init = { method, headers, ...(body === undefined ? {} : { body }), ...(signal && { signal }) }
      return await answerOf(await this.#client['callee']!.fetch(path, init), onBody)
    } catch (error) {
      return failureOf(error)
    }
  }

  moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void> {
    return this.#change({ ...this.#setup, endpoints })
  }

  reload(policy: Setup['policy']): Promise<void> {
    return this.#change({ ...this.#setup, policy })
  }

  async #change(setup: Setup): Promise<void> {
    this.#setup = setup
    this.#client.update(systemOf(setup))
  }

  drain(): Promise<void> {
    return this.#client.close()
  }

  stop(): Promise<void> {
    return this.#client.destroy()
  }
}

/** What the manifest does not know would be left out of the model, and the scenario would test nothing. */
function systemOf(setup: Setup): NonNullable<ManifestReading['system']> {
  const { system, problems } = readManifest(JSON.stringify(documentOf(setup)), 'scenario.yaml')
  if (system === undefined || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('; '))
  return system
}
