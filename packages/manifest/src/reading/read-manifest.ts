import { CallGraph } from '../call-graph/call-graph.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import { manifestSchema } from '../document/manifest-schema.js'
import { buildModel } from '../model/build-model.js'
import type { SystemModel } from '../model/system-model.js'
import { type DocumentPath, formatPath, ManifestSource } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import { readSource } from '../source/read-source.js'
import { SOURCE_LIMITS } from '../source/source-limits.js'
import { prune } from './prune.js'
import { schemaProblems } from './schema-problems.js'

/** A document that was read, as far as it can be. */
export interface ManifestReading {
  readonly source: ManifestSource
  /** False when the text is something else altogether; nothing more is known then. */
  readonly isManifest: boolean
  /** What is wrong with the document itself, before its advice. */
  readonly problems: readonly Problem[]
  /** The system, without the parts that `problems` name. Absent when too little is left. */
  readonly system?: { readonly model: SystemModel; readonly graph: CallGraph }
}

/**
 * Reads a manifest. Never throws: everything that is wrong comes back as problems with places.
 *
 * @example
 * const { system, problems } = readManifest('watertight: v1\nsystem: shop\nservices: { order: {} }', 'watertight.yaml')
 * console.log(system?.model.name, problems.length) // shop 0
 */
export function readManifest(text: string, file: string): ManifestReading {
  const { source, problems } = readSource(text, file)
  if (problems.some(({ code }) => UNREADABLE.has(code))) return { source, problems, isManifest: false }
  return readValue(source, problems)
}

const UNREADABLE: ReadonlySet<string> = new Set(['WT-DOC-SIZE', 'WT-DOC-DEPTH'])

/** Reads a document that is already data, as `defineSystem` makes it. */
export function readDocument(document: ManifestDocument, file: string): ManifestReading {
  const source = new ManifestSource(file, '', { value: document, start: 0, end: 0 })
  const problems = prototypeKeys(document, [])
  return readValue(source, problems, prune(document, problems))
}

// Only data that was parsed from JSON has such a key, and the schema passes over it and all that stands below.
function prototypeKeys(value: unknown, path: DocumentPath): readonly Problem[] {
  if (typeof value !== 'object' || value === null || path.length > SOURCE_LIMITS.depthMax) return []
  const below = Object.entries(value).flatMap(([key, child]) => prototypeKeys(child, [...path, key]))
  if (!Object.hasOwn(value, '__proto__')) return below
  const at = [...path, '__proto__']
  const message = `cannot read ${formatPath(at)}: a key must have another name`
  return [{ code: 'WT-DOC-VALUE', path: at, part: 'key', message, hint: 'rename the key' }, ...below]
}

function readValue(
  source: ManifestSource,
  before: readonly Problem[],
  value: unknown = source.value,
): ManifestReading {
  if (!isManifest(value)) {
    return { source, isManifest: false, problems: [...before, notManifest()] }
  }
  const problems = [...before]
  let candidate: unknown = value
  // Removing what is wrong can uncover little more, so a few rounds are enough; then the rest goes unchecked.
  for (let round = 0; round < 3; round++) {
    // A document is read once: compiling the schema to code costs more than the code saves.
    const parsed = manifestSchema.safeParse(candidate, { jitless: true })
    if (parsed.success) {
      // The schema transforms nothing, so what was parsed is what was written.
      const { model, problems: found } = buildModel(candidate as ManifestDocument)
      problems.push(...theFirst(found))
      return { source, isManifest: true, problems, system: { model, graph: new CallGraph(model) } }
    }
    const found = schemaProblems(manifestSchema, candidate, parsed.error.issues)
    if (round === 0) problems.push(...theFirst(found))
    candidate = prune(candidate, found)
  }
  return { source, isManifest: true, problems }
}

// A document that is wrong everywhere would be told in megabytes; the last of those shown says how many more there are.
function theFirst(problems: readonly Problem[]): readonly Problem[] {
  const shown = problems.slice(0, SOURCE_LIMITS.problemsMax)
  const last = shown.at(-1)
  const more = problems.length - shown.length
  if (last === undefined || more === 0) return shown
  return [...shown.slice(0, -1), { ...last, hint: `${last.hint} (${more} more problems are not shown)` }]
}

// The version key is the mark; a document that only resembles one is told what is missing instead.
function isManifest(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    ('watertight' in value || 'services' in value)
  )
}

function notManifest(): Problem {
  return {
    code: 'WT-DOC-NOT-MANIFEST',
    path: [],
    message: 'cannot read manifest: it must be a map with the keys watertight, system and services',
    hint: 'start the document with watertight: v1',
  }
}
