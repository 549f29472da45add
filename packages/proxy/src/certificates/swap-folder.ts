import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Names of files to their texts. */
export type FolderTexts = Readonly<Record<string, string>>

const VERSIONS = '.versions'

/**
 * Puts a set of files in place of the one at `path`, all at once: `path` is a link to a folder of one version, and the
 * link is moved. Who reads the folder through it finds the old files or the new ones, never a certificate beside the
 * key of another. (Kubernetes updates mounted secrets so, and Envoy watches for just that.)
 *
 * The version before stays, for those who have just opened it; those before that one are removed.
 */
export async function swapFolder(path: string, version: string, texts: FolderTexts): Promise<void> {
  const name = basename(path)
  const versions = join(dirname(path), VERSIONS)
  const folder = `${name}-${version}`
  await mkdir(join(versions, folder), { recursive: true, mode: 0o700 })
  for (const [file, text] of Object.entries(texts)) {
    // Everything beside a private key is as private: a secret in the wrong file is then no leak.
    await writeFile(join(versions, folder, file), text, { mode: 0o600 })
  }
  const before = await currentVersion(path)
  const link = join(versions, `${folder}.link`)
  await rm(link, { force: true })
  await symlink(join(VERSIONS, folder), link)
  await rename(link, path)
  const kept = new Set([folder, before])
  const stale = (await readdir(versions)).filter((entry) => isVersionOf(name, entry) && !kept.has(entry))
  for (const entry of stale) await rm(join(versions, entry), { recursive: true, force: true })
}

async function currentVersion(path: string): Promise<string | undefined> {
  try {
    return basename(await readlink(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isVersionOf(name: string, entry: string): boolean {
  return entry.startsWith(`${name}-`) && /^[0-9a-f]+$/.test(entry.slice(name.length + 1))
}
