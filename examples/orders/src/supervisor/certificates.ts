import { execFile } from 'node:child_process'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from './supervised-service.js'
import { watertightProgram } from './watertight-program.js'

const LIMIT_MS = 60_000

/**
 * Makes the certificates of a run beside its document, by `watertight certs`: all of them on the first start; later, those
 * whose time is nearly over. Those that cannot be renewed any more are made anew, with another authority.
 */
export async function prepareCertificates(folder: string, document: string): Promise<void> {
  const certs = join(folder, 'certs')
  const isKept = await access(authorityOf(folder)).then(
    () => true,
    () => false,
  )
  if (isKept) {
    const isRenewed = await watertight('certs', 'rotate', '--manifest', document).then(
      () => true,
      () => false,
    )
    if (isRenewed) return
  }
  await rm(certs, { recursive: true, force: true })
  await watertight('certs', 'init', '--manifest', document)
}

/** Whom to believe, for `curl --cacert`. */
export function authorityOf(folder: string): string {
  return join(folder, 'certs', 'authority', 'certificate.pem')
}

async function watertight(...words: string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [watertightProgram(), ...words], { timeout: LIMIT_MS })
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim()
    const reason = said === '' ? (error as Error).message : said
    throw new StartError(`cannot run watertight ${words.join(' ')}: ${reason}`)
  }
}
