import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How other commands reach a run. */
export interface ControlPlace {
  readonly pid: number
  readonly port: number
  readonly token: string
}

/** The folder of a run: its documents, its certificates, and where it is reached. */
export class RunFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Makes it for its owner alone, and keeps it out of version control. */
  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    await chmod(this.path, 0o700)
    await writeFile(join(this.path, '.gitignore'), '*\n')
  }

  /** The folder that is a process's own, from run to run. */
  dataFor(instance: string): string {
    return join(this.path, 'data', instance)
  }

  /** The folder of an embedded store. */
  storeFor(store: string): string {
    return join(this.path, 'stores', store)
  }

  /**
   * Lets others get to the folders of engines: one that root may not run is run by somebody else. All that is not theirs stays
   * closed.
   */
  async letEnginesIn(): Promise<void> {
    for (const name of ['data', 'stores', 'certs']) {
      await mkdir(join(this.path, name), { recursive: true, mode: 0o700 })
      await chmod(join(this.path, name), 0o700)
    }
    await mkdir(join(this.path, 'engines'), { recursive: true })
    for (const path of [join(this.path, 'engines'), this.path]) await chmod(path, 0o711)
  }

  /** The folder of an engine. */
  engineFor(engine: string): string {
    return join(this.path, 'engines', engine)
  }

  /** A password for what the run serves, which is kept, since a database keeps it too. */
  async password(): Promise<string> {
    const file = join(this.path, 'password')
    const kept = await readFile(file, 'utf8').catch(() => undefined)
    if (kept !== undefined) return kept.trim()
    const made = randomBytes(16).toString('hex')
    await this.write(file, `${made}\n`)
    return made
  }

  /** The certificates of the run lie beside its documents. */
  get certificates(): string {
    return join(this.path, 'certs')
  }

  /** The certificate of who vouches for all of them. */
  get authority(): string {
    return join(this.certificates, 'authority', 'certificate.pem')
  }

  /** The document that a process of this name, or its sidecar, reads; without one, all others. */
  documentFor(instance: string | undefined): string {
    return join(this.path, instance === undefined ? 'watertight.yaml' : `watertight-${instance}.yaml`)
  }

  /** Moved into place, so that nobody reads half of it. */
  async write(file: string, text: string): Promise<void> {
    const unfinished = `${file}.new`
    await writeFile(unfinished, text, { mode: 0o600 })
    await rename(unfinished, file)
  }

  async tellPlace(place: ControlPlace): Promise<void> {
    await this.write(this.#placeFile, `${JSON.stringify(place)}\n`)
  }

  async forgetPlace(): Promise<void> {
    await rm(this.#placeFile, { force: true })
  }

  /** Where the run was last reached that used this folder; whether it still runs, it must be asked. */
  async place(): Promise<ControlPlace | undefined> {
    const text = await readFile(this.#placeFile, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    return JSON.parse(text) as ControlPlace
  }

  get #placeFile(): string {
    return join(this.path, 'control.json')
  }
}
