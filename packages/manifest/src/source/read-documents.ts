import { ManifestSource, type SourceNode } from './manifest-source.js'
import type { Problem } from './problem.js'
import { SOURCE_LIMITS } from './source-limits.js'
import { YamlNodeReader } from './yaml-nodes.js'
import { composeYaml } from './compose-yaml.js'

/** The documents of a text, empty ones left out, with what is wrong with them. */
export interface DocumentsReading {
  /** The text, for positions. It has no root of its own: `documents` holds the roots. */
  readonly source: ManifestSource
  readonly documents: readonly SourceNode[]
  readonly problems: readonly Problem[]
}

/**
 * Reads any YAML, of one or many documents, into values with positions and within the limits of a manifest. For
 * those who read other people's formats. Never throws.
 *
 * @example
 * const { documents } = readYamlDocuments('a: 1\n---\nb: 2\n', 'two.yaml')
 * console.log(documents.map(({ value }) => value)) // [{ a: 1 }, { b: 2 }]
 */
export function readYamlDocuments(text: string, file: string): DocumentsReading {
  const source = new ManifestSource(file, text)
  if (text.length > SOURCE_LIMITS.bytesMax) return refuse(source, 'WT-DOC-SIZE', megabytes(text.length))
  const composed = composeYaml(text)
  if ('problem' in composed) return { source, documents: [], problems: [composed.problem] }
  if (composed.documents.length > SOURCE_LIMITS.documentsMax) {
    const message = `at most ${SOURCE_LIMITS.documentsMax} documents are allowed, got ${composed.documents.length}`
    return refuse(source, 'WT-DOC-SIZE', message)
  }
  const reader = new YamlNodeReader()
  const problems: Problem[] = []
  const documents: SourceNode[] = []
  for (const document of composed.documents) {
    for (const { message, pos } of document.errors.slice(0, SOURCE_LIMITS.problemsMax)) {
      const range = { start: pos[0], end: Math.max(pos[1], pos[0] + 1) }
      problems.push(problem('WT-DOC-SYNTAX', message.replace(/\.$/, ''), range))
    }
    const root = reader.read(document)
    if (root.value !== null) documents.push(root)
  }
  return { source, documents, problems: [...problems, ...reader.problems] }
}

function refuse(source: ManifestSource, code: string, message: string): DocumentsReading {
  return { source: new ManifestSource(source.file, ''), documents: [], problems: [problem(code, message)] }
}

function problem(code: string, message: string, range = { start: 0, end: 0 }): Problem {
  const hint = 'correct or split the document'
  return { code, message: `cannot read YAML: ${message}`, hint, path: [], range }
}

function megabytes(length: number): string {
  const limit = SOURCE_LIMITS.bytesMax / 1_048_576
  return `at most ${limit} MiB are allowed, got ${(length / 1_048_576).toFixed(1)} MiB`
}
