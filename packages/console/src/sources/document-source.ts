import { readFile } from 'node:fs/promises'
import { type ManifestReading, type Profile, readManifest } from '@watertight/manifest'
import { PolledSource } from './polled-source.js'

/** A document that is understood. */
export interface DocumentReading {
  readonly file: string
  readonly text: string
  readonly source: ManifestReading['source']
  readonly system: NonNullable<ManifestReading['system']>
}

/** The document that people edit, read again when it has changed; one with errors leaves what was understood last. */
export class DocumentSource {
  readonly source: PolledSource<DocumentReading>
  /** What was understood last. */
  last: DocumentReading | undefined

  constructor(
    file: string,
    profile: Pick<Profile, 'read'> | undefined,
    options: { readonly everyMs: number; readonly deadlineMs: number },
  ) {
    this.source = new PolledSource({
      name: 'document',
      kind: 'document',
      place: file,
      ...options,
      read: async (signal) => {
        const text = await readFile(file, { encoding: 'utf8', signal })
        if (this.last?.text === text) return this.last
        const { system, source, problems } = profile?.read(text, file) ?? readManifest(text, file)
        if (system === undefined) throw new Error(problems[0]?.message ?? 'it cannot be read')
        this.last = { file, text, source, system }
        return this.last
      },
    })
  }
}
