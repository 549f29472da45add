import { dirname, resolve } from 'node:path'
import type { Instance } from '../plan/instances.js'
import { runDocument } from '../plan/run-document.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { RunFolder } from './run-folder.js'

/** The documents of a run: one that all read, and one for each process that a sidecar may stand beside. */
export class RunDocuments {
  readonly #folder: RunFolder
  readonly #file: string
  readonly #storePassword: string

  /** `file` is the document that people edit. */
  constructor(folder: RunFolder, file: string, storePassword: string) {
    this.#folder = folder
    this.#file = file
    this.#storePassword = storePassword
  }

  /** `announced` are the processes that answer for their services; each of the plan gets a document. */
  async write(plan: RunPlan, announced: readonly Instance[]): Promise<void> {
    const { text, system, ports } = plan
    const folder = dirname(resolve(this.#file))
    const note = `# Made from ${this.#file} for one run: change that one.\n`
    const common = { system, ports, folder, storePassword: this.#storePassword }
    const documentOf = (instances: readonly Instance[], reader?: string): string =>
      note + runDocument(text, { ...common, instances }, reader)
    await this.#folder.write(this.#folder.documentFor(undefined), documentOf(announced))
    for (const instance of plan.instances) {
      const known = announced.includes(instance) ? announced : [...announced, instance]
      await this.#folder.write(this.#folder.documentFor(instance.name), documentOf(known, instance.name))
    }
  }
}
