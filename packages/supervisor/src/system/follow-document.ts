import { readFileSync } from 'node:fs'
import { type ManifestWatch, type Profile, watchManifest } from '@watertight/manifest'
import type { Run } from './run.js'

export interface FollowDocumentOptions {
  /** The document that people edit. */
  readonly file: string
  /** As it was when the run was started. */
  readonly text: string
  /** What changes it for this run; a change of its own file counts from the next start on. */
  readonly profile?: Profile | undefined
  /** The document as its user would name it. */
  readonly shown: string
  /** Hears what has become of each change. */
  readonly say: (text: string) => void
}

/** Has a run take over every change of its document that can be read; one that cannot is told, and changes nothing. */
export function followDocument(
  run: Run,
  { file, text, profile, shown, say }: FollowDocumentOptions,
): ManifestWatch {
  return watchManifest(file, {
    text,
    profile,
    onChange: (changed) => {
      const read = readFileSync(file, 'utf8')
      run.change(changed, profile?.apply(read) ?? read).then(
        () => say(`${shown} has changed, and is in force`),
        (error: unknown) => say(`cannot take over the change of ${shown}: ${(error as Error).message}`),
      )
    },
    onRefused: ({ message }) => say(`${message}; what was in force stays`),
  })
}
