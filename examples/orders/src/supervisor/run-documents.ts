import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { documentName, instanceNames, type InstanceName } from '../services/names.js'
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
    await this.#replace(this.fileFor('order'), kept + withPorts(text, this.#ports, 'order'))
    await this.#replace(this.fileFor('canary'), kept + withPorts(text, this.#ports, 'canary'))
  }

  async #replace(file: string, text: string): Promise<void> {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
}

/** The document with these ports in it; `order` says which of the two processes of order is meant by the service. */
function withPorts(text: string, { gateway, instances }: ShopPorts, order: 'order' | 'canary'): string {
  const document = parseDocument(text)
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
  return document.toString({ lineWidth: 0 })
}
