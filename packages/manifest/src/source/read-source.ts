import { ManifestSource, type SourceNode } from './manifest-source.js'
import type { Problem } from './problem.js'
import { readPlainYaml } from './plain-yaml.js'
import { SOURCE_LIMITS } from './source-limits.js'
import { YamlNodeReader } from './yaml-nodes.js'
import { composeYaml } from './compose-yaml.js'

export interface SourceReading {
  readonly source: ManifestSource
  readonly problems: readonly Problem[]
}

/** Reads YAML into values with positions. Never throws: what is wrong with the text comes back as problems. */
export function readSource(text: string, file: string): SourceReading {
  // Length in UTF-16 units never exceeds the bytes, so this refuses early without encoding the text.
  if (text.length > SOURCE_LIMITS.bytesMax) return refuse(file, tooLarge(text.length))
  const plain = readPlainYaml(text)
  if (plain !== undefined) return { source: new ManifestSource(file, text, plain), problems: [] }
  return readAnyYaml(text, file)
}

/** Reads all of YAML with the library: slower, and the judge of what is wrong with a text. */
export function readAnyYaml(text: string, file: string): SourceReading {
  const composed = composeYaml(text)
  if ('problem' in composed) return refuse(file, composed.problem, text)
  const problems: Problem[] = []
  for (const document of composed.documents) {
    // After the first thing wrong with a line, the library complains about the same line in other words.
    const lines = new Set<number>()
    for (const error of document.errors) {
      const line = text.lastIndexOf('\n', error.pos[0] - 1)
      if (lines.has(line) || problems.length >= SOURCE_LIMITS.problemsMax) continue
      lines.add(line)
      problems.push(syntaxProblem(error))
    }
  }
  const [first, second] = composed.documents
  if (second !== undefined) problems.push(secondDocument(second.range?.[0] ?? 0))
  let root: SourceNode | undefined
  if (first !== undefined) {
    const reader = new YamlNodeReader()
    root = reader.read(first)
    problems.push(...reader.problems)
  }
  return { source: new ManifestSource(file, text, root), problems }
}

function refuse(file: string, problem: Problem, text = ''): SourceReading {
  return { source: new ManifestSource(file, text), problems: [problem] }
}

function tooLarge(length: number): Problem {
  const limit = `${SOURCE_LIMITS.bytesMax / 1_048_576} MiB`
  return {
    code: 'WT-DOC-SIZE',
    message: `cannot read manifest: at most ${limit} are allowed, got ${(length / 1_048_576).toFixed(1)} MiB`,
    hint: 'split the system, or name policies once and refer to them',
    path: [],
  }
}

function syntaxProblem(error: { code: string; message: string; pos: readonly [number, number] }): Problem {
  return {
    code: 'WT-DOC-SYNTAX',
    message: `cannot read YAML: ${error.message.replace(/\.$/, '')}`,
    hint: SYNTAX_HINTS[error.code] ?? 'check indentation, quotes and brackets on this line and the one above',
    path: [],
    range: { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) },
  }
}

const SYNTAX_HINTS: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces; YAML knows no tabs there',
  BAD_INDENT: 'give every key of a map the same indentation, and close brackets that are open above',
  MISSING_CHAR: 'close the quote or the bracket, or put a space after the colon or the comma',
  BLOCK_AS_IMPLICIT_KEY: 'write one key a line; quote a value that has a colon and a space in it',
  MULTILINE_IMPLICIT_KEY: 'put a colon after the key, or quote a text that runs over several lines',
  UNEXPECTED_TOKEN: 'quote a value that starts with one of @ ` % * & ! | > or has a colon and a space in it',
}

function secondDocument(start: number): Problem {
  return {
    code: 'WT-DOC-SYNTAX',
    message: 'cannot read manifest: it must be one YAML document, got a second one',
    hint: 'remove the line --- or move what follows it to a file of its own',
    path: [],
    range: { start, end: start + 1 },
  }
}
