import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CURRENT } from '../targets/envoy/bootstrap.js'
import type { EnvoyConfiguration } from '../targets/envoy/compile-envoy.js'
import type { Json } from '../targets/envoy/json.js'
import { preparingFiles, retiredFiles } from './preparing-files.js'

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

/** Given the files that are in force by now, settles when Envoy has taken them up. */
export type Settle = (files: ReadonlyMap<string, Json>) => Promise<void>

/** How long Envoy has to take up new clusters where nobody can ask it. */
const SETTLE_MS = 1_000

/**
 * Puts a configuration in force: all of its files at once, by moving a link. A running Envoy takes it up at that moment,
 * and whoever reads meanwhile sees the whole version before or the whole version after.
 *
 * Where there are new clusters, they come first and the routes to them after `settle`: Envoy answers 503 for a route
 * whose cluster it does not have yet. By default that is a second.
 */
export async function writeConfiguration(
  folder: string,
  { bootstrap, files }: EnvoyConfiguration,
  settle: Settle = () => pause(SETTLE_MS),
): Promise<WrittenConfiguration> {
  await mkdir(join(folder, VERSIONS), { recursive: true })
  const started = await replaceFile(join(folder, BOOTSTRAP), textOf(bootstrap))
  const version = join(VERSIONS, nameOf(files))
  const current = join(folder, CURRENT)
  const before = await readlink(current).catch(() => undefined)
  if (before !== version) {
    const first = await preparingFiles(current, files)
    if (first !== undefined) {
      await putInForce(folder, `${version}-first`, first)
      await settle(first)
    }
    await putInForce(folder, version, new Map([...files, ...(await retiredFiles(current, files))]))
    await forget(folder, [version, before])
  }
  return {
    bootstrap: join(folder, BOOTSTRAP),
    changed: before !== version || started !== 'same',
    restart: started === 'changed',
  }
}

async function putInForce(folder: string, version: string, files: ReadonlyMap<string, Json>): Promise<void> {
  await writeVersion(join(folder, version), files)
  await moveLink(folder, version)
}

/** A version is named after what is wanted of it, so that the same is never put in force twice. */
function nameOf(files: ReadonlyMap<string, Json>): string {
  const hash = createHash('sha256')
  for (const [name, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${name}\0${textOf(content)}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

async function writeVersion(path: string, files: ReadonlyMap<string, Json>): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  for (const [name, content] of files) {
    await mkdir(dirname(join(draft, name)), { recursive: true })
    await writeFile(join(draft, name), textOf(content))
  }
  // It may be there from an earlier time.
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

function textOf(content: Json): string {
  return `${JSON.stringify(content, null, 1)}\n`
}
