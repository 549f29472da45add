import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Terminal } from '../program/terminal.js'

const FILES_MAX = 200
const CALLERS_AT = 1

/** Values that depend on where one is, by the name of the argument or option. */
export interface Suggestions {
  readonly files: readonly string[]
  readonly byName: ReadonlyMap<string, readonly string[]>
}

/** What may be completed here. Reads the manifest only where services are asked for; its faults are no matter. */
export async function loadSuggestions(words: readonly string[], terminal: Terminal): Promise<Suggestions> {
  const byName = new Map<string, readonly string[]>([['shell', ['bash', 'zsh', 'fish']]])
  const [command] = words
  if (command === 'explain') byName.set('words', await explainable(words, terminal))
  if (command === 'doctor') {
    const { ENGINES } = await import('../doctor/engines.js')
    byName.set('require', Object.keys(ENGINES))
  }
  if (command === 'schema') {
    const { outputSchemas } = await import('../schema/output-schemas.js')
    byName.set('for', outputSchemas())
  }
  return { files: filesNear(words.at(-1) ?? '', terminal), byName }
}

// First the callers, then those that the caller calls.
async function explainable(words: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  const { loadDocument } = await import('../document/load-document.js')
  const { findingKinds } = await import('@watertight/manifest/tooling')
  const reading = await loadDocument(undefined, terminal).catch(() => undefined)
  const services = [...(reading?.system?.model.services.values() ?? [])]
  const caller = words.length > CALLERS_AT + 1 ? words[CALLERS_AT] : undefined
  if (caller !== undefined) {
    return services.find(({ name }) => name === caller)?.calls.map(({ to }) => to) ?? []
  }
  const callers = services.filter(({ calls }) => calls.length > 0).map(({ name }) => name)
  return (words.at(-1) ?? '').startsWith('WT-') ? [...findingKinds.keys()] : callers
}

function filesNear(word: string, { cwd }: Terminal): string[] {
  const folder = word.includes('/') ? dirname(`${word}x`) : ''
  try {
    return readdirSync(join(cwd, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || /\.(ya?ml|[cm]?[jt]s|properties)$/.test(entry.name))
      .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .slice(0, FILES_MAX)
      .map((entry) => join(folder, entry.name) + (entry.isDirectory() ? '/' : ''))
  } catch {
    return []
  }
}
