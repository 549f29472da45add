import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CURRENT } from '../targets/envoy/bootstrap.js'
import type { EnvoyConfiguration } from '../targets/envoy/compile-envoy.js'

/** Kept beside the one in force: Envoy may be reading the version before it still. */
const FORMER_KEPT = 2
const VERSIONS = 'versions'
const BOOTSTRAP = 'envoy.json'

/** What a folder of Envoy's files has become. */
export interface WrittenConfiguration {
  /** What Envoy is started with. */
  readonly bootstrap: string
  /** Whether anything is new; what is in force already is left alone. */
  readonly changed: boolean
  /** Whether the file that Envoy reads only at its start has changed, so that it must be started anew. */
  readonly restart: boolean
}

/**
 * Puts a configuration in force: all of its files at once, by moving a link. A running Envoy takes it up at that moment,
 * and whoever reads meanwhile sees the whole version before or the whole version after.
 */
export async function writeConfiguration(
  folder: string,
  { bootstrap, files }: EnvoyConfiguration,
): Promise<WrittenConfiguration> {
  await mkdir(join(folder, VERSIONS), { recursive: true })
  const restart = await replaceFile(join(folder, BOOTSTRAP), textOf(bootstrap))
  const texts = new Map([...files].map(([name, content]) => [name, textOf(content)]))
  const version = join(VERSIONS, nameOf(texts))
  const before = await readlink(join(folder, CURRENT)).catch(() => undefined)
  const changed = before !== version
  if (changed) {
    await writeVersion(join(folder, version), texts)
    await moveLink(folder, version)
    await forget(folder, [version, before])
  }
  return {
    bootstrap: join(folder, BOOTSTRAP),
    changed: changed || restart !== 'same',
    restart: restart === 'changed',
  }
}

/** A version is named after what is in it, so that the same content is never written twice. */
function nameOf(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const [name, text] of [...texts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${name}\0${text}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

async function writeVersion(path: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  for (const [name, text] of texts) {
    await mkdir(dirname(join(draft, name)), { recursive: true })
    await writeFile(join(draft, name), text)
  }
  // It may be there from an earlier time: its name says that it is the same.
  await rm(path, { recursive: true, force: true })
  await rename(draft, path)
}

async function moveLink(folder: string, version: string): Promise<void> {
  const draft = join(folder, `.${CURRENT}.${randomUUID()}`)
  await symlink(version, draft)
  await rename(draft, join(folder, CURRENT))
}

async function forget(folder: string, kept: readonly (string | undefined)[]): Promise<void> {
  const names = await readdir(join(folder, VERSIONS), { withFileTypes: true })
  const others = names.filter(({ name }) => !kept.includes(join(VERSIONS, name)))
  if (others.length < FORMER_KEPT) return
  for (const { name } of others) await rm(join(folder, VERSIONS, name), { recursive: true, force: true })
}

/** Moved into place whole. */
async function replaceFile(path: string, text: string): Promise<'new' | 'same' | 'changed'> {
  const before = await readFile(path, 'utf8').catch(() => undefined)
  if (before === text) return 'same'
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, text)
  await rename(draft, path)
  return before === undefined ? 'new' : 'changed'
}

function textOf(content: unknown): string {
  return `${JSON.stringify(content, null, 1)}\n`
}
