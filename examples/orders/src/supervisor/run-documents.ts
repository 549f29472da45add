import { randomBytes } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument, type Document } from 'yaml'
import { documentName, instanceNames, type InstanceName } from '../services/names.js'
import { STORE } from '../services/store-name.js'
import type { ShopPorts } from './shop-ports.js'

/**
 * The document as one run has it, with the ports of its processes, in the data folder. The proxies and services of the run
 * read and follow it there, and the certificates lie beside it.
 *
 * There are two, since one machine has two processes of order: what a sidecar reads of its own service is about one of
 * them. On machines of their own both would have the same ports, and read the same document.
 */
export class RunDocuments {
  readonly #folder: string
  readonly #origin: string
  readonly #ports: ShopPorts
  /** Of the database that the services share; a new one for every run. */
  readonly databasePassword: string = randomBytes(16).toString('hex')

  /** `origin` is the file that people edit. */
  constructor(folder: string, origin: string, ports: ShopPorts) {
    this.#folder = folder
    this.#origin = origin
    this.#ports = ports
  }

  /** The one that this process, or its sidecar, reads. */
  fileFor(name: InstanceName | 'gateway'): string {
    return join(this.#folder, name === 'canary' ? 'watertight-canary.yaml' : 'watertight.yaml')
  }

  /** Writes both from the text of the document. Each is moved into place, so that nobody reads half of one. */
  async write(text: string): Promise<void> {
    const kept = `# Made from ${this.#origin}: change that one.\n`
    await this.#replace(this.fileFor('order'), kept + this.#adapted(text, 'order'))
    await this.#replace(this.fileFor('canary'), kept + this.#adapted(text, 'canary'))
  }

  async #replace(file: string, text: string): Promise<void> {
    // The password of the database is in it.
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
  }

  /** The document of this run; `order` says which of the two processes of order is meant by the service. */
  #adapted(text: string, order: 'order' | 'canary'): string {
    const document = parseDocument(text)
    const { database } = this.#ports
    const url = `postgres://postgres:${this.databasePassword}@127.0.0.1:${database}/postgres`
    document.setIn(['stores', STORE], url)
    setPorts(document, this.#ports, order)
    return document.toString({ lineWidth: 0 })
  }
}

function setPorts(document: Document, { gateway, instances }: ShopPorts, order: 'order' | 'canary'): void {
  document.setIn(['gateway', 'listen', 'port'], gateway)
  for (const instance of instanceNames) {
    if (instance === (order === 'order' ? 'canary' : 'order')) continue
    const service = ['services', documentName(instance)]
    if (!document.hasIn(service)) continue
    const { application, inbound, outbound } = instances[instance]
    document.setIn([...service, 'port'], inbound)
    document.setIn([...service, 'sidecar'], document.createNode({ application, outbound }))
  }
  const versions = { stable: instances.order.inbound, canary: instances.canary.inbound }
  for (const [version, port] of Object.entries(versions)) {
    document.setIn(['services', 'order', 'versions', version, 'port'], port)
  }
}
