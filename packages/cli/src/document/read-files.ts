import { readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { readText, TEXT_BYTES_MAX } from './read-text.js'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

/** A text and the name that it was given by. */
export interface NamedText {
  readonly file: string
  readonly text: string
}

/** What a walk through folders found. */
export interface Listing {
  readonly files: readonly string[]
  /** Those of them that nobody named: they were found in a folder. */
  readonly searched: ReadonlySet<string>
  /** Folders that were left out, and why. */
  readonly notes: readonly string[]
}

const filesMax = 1_000
const depthMax = 16
/** Folders of tools, which hold copies and packages of others. */
const foreign = /^(node_modules|vendor|target|build|dist|out|\..*)$/

/**
 * The files that the arguments name: a file as it is, of a folder all that match, those of its subfolders too.
 *
 * @throws CommandError when a folder holds no such file, or more than a thousand
 */
export function listFiles(given: readonly string[], pattern: RegExp, { cwd }: Terminal): Listing {
  const notes: string[] = []
  const searched = new Set<string>()
  const files = given.flatMap((name) => {
    const path = resolve(cwd, name)
    if (name === '-' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [name]
    const found = walk(path, pattern, 0, notes).map((file) => join(name, relative(path, file)))
    for (const file of found) if (!given.includes(file)) searched.add(file)
    if (found.length === 0)
      throw unreadable(name, `no file in it, nor below it, has a name like ${sample(pattern)}`)
    return found
  })
  const unique = [...new Set(files)]
  if (unique.length > filesMax)
    throw unreadable(given.join(', '), `at most ${filesMax} files are read at once, got ${unique.length}`)
  return { files: unique, searched, notes }
}

function walk(folder: string, pattern: RegExp, depth: number, notes: string[]): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  )
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name))
  const folders = entries.filter((entry) => entry.isDirectory() && !foreign.test(entry.name))
  if (depth >= depthMax && folders.length > 0) {
    notes.push(`${folder}: folders more than ${depthMax} levels down are not read`)
    return files.map((entry) => join(folder, entry.name))
  }
  return [
    ...files.map((entry) => join(folder, entry.name)),
    ...folders.flatMap((entry) => walk(join(folder, entry.name), pattern, depth + 1, notes)),
  ]
}

function sample(pattern: RegExp): string {
  return pattern.source.includes('properties')
    ? 'application.yml or application.properties'
    : '*.yaml or *.yml'
}

function unreadable(name: string, reason: string): CommandError {
  return new CommandError(`cannot read ${name}: ${reason}`, {
    code: 'WT_UNREADABLE',
    exitCode: EXIT.invalidManifest,
  })
}

/** The texts of the files; `-` is standard input. */
export async function readFiles(files: readonly string[], terminal: Terminal): Promise<NamedText[]> {
  const texts: NamedText[] = []
  for (const file of files) {
    if (file === '-') texts.push({ file: 'stdin', text: await terminal.in.read(TEXT_BYTES_MAX) })
    else texts.push({ file, text: await readText(resolve(terminal.cwd, file), file) })
  }
  return texts
}
