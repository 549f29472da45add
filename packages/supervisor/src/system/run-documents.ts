import { dirname, resolve } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import type { Instance } from '../plan/instances.js'
import { runDocument } from '../plan/run-document.js'
import type { RunPorts } from '../plan/run-ports.js'
import type { RunFolder } from './run-folder.js'

/** What the documents of a run are made from. */
export interface DocumentSource {
  /** The text that people edit. */
  readonly text: string
  readonly system: SystemModel
  readonly ports: RunPorts
}

/** The documents of a run: one that all read, and one for each process that a sidecar may stand beside. */
export class RunDocuments {
  readonly #folder: RunFolder
  readonly #file: string

  /** `file` is the document that people edit. */
  constructor(folder: RunFolder, file: string) {
    this.#folder = folder
    this.#file = file
  }

  /** `announced` are the processes that answer for their services; of `all`, each gets a document. */
  async write(
    source: DocumentSource,
    announced: readonly Instance[],
    all: readonly Instance[],
  ): Promise<void> {
    const { text, system, ports } = source
    const folder = dirname(resolve(this.#file))
    const note = `# Made from ${this.#file} for one run: change that one.\n`
    const documentOf = (instances: readonly Instance[], reader?: string): string =>
      note + runDocument(text, { system, ports, folder, instances }, reader)
    await this.#folder.write(this.#folder.documentFor(undefined), documentOf(announced))
    for (const instance of all) {
      const known = announced.includes(instance) ? announced : [...announced, instance]
      await this.#folder.write(this.#folder.documentFor(instance.name), documentOf(known, instance.name))
    }
  }
}
