import { realpath, stat } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { constants } from 'node:crypto'
import type { Certificates } from '../certificates/read-certificates.js'

/** Where certificates lie, and how they are read. */
export interface CertificateSource {
  /** The files whose change means new certificates. */
  readonly paths: readonly string[]
  /** `trust` is empty where nobody has to show a certificate. */
  read(): Promise<Certificates>
}

/** How often files are looked at. A certificate is issued long before the one before it ends. */
const LOOK_MS = 2_000

/**
 * What this side shows to its peers, and whom it believes, as it is on disk: connections that begin after a change use
 * the new certificates, and none that is open is touched.
 *
 * Files are asked and not watched: a link that is moved, a mounted secret and a network's disk tell nobody.
 */
export class Credentials {
  private readonly source: CertificateSource
  private readonly onProblem: (problem: Error) => void
  private readonly followers: Set<() => void> = new Set()
  private loaded: SecureContextOptions
  private seen: string
  private timer: NodeJS.Timeout | undefined = undefined

  private constructor(
    source: CertificateSource,
    onProblem: (problem: Error) => void,
    loaded: SecureContextOptions,
    seen: string,
  ) {
    this.source = source
    this.onProblem = onProblem
    this.loaded = loaded
    this.seen = seen
  }

  /**
   * Reads them for the first time.
   *
   * @throws {Error} when they cannot be read, or are none
   */
  static async open(source: CertificateSource, onProblem: (problem: Error) => void): Promise<Credentials> {
    const seen = await stateOf(source.paths)
    return new Credentials(source, onProblem, contextOptions(await source.read()), seen)
  }

  /** What is in force for new connections. */
  get options(): SecureContextOptions {
    return this.loaded
  }

  /** Calls back whenever there are others, until the function that it answers with is called. */
  follow(changed: () => void): () => void {
    this.followers.add(changed)
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref()
    return () => {
      this.followers.delete(changed)
      if (this.followers.size === 0) this.stop()
    }
  }

  /** Reads them anew if the files have changed. Those that cannot be used are told of, and the old ones stay. */
  async look(): Promise<void> {
    try {
      const seen = await stateOf(this.source.paths)
      if (seen === this.seen) return
      this.loaded = contextOptions(await this.source.read())
      this.seen = seen
    } catch (error) {
      this.onProblem(error instanceof Error ? error : new Error(String(error)))
      return
    }
    for (const changed of this.followers) changed()
  }

  private stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}

/** What differs as soon as a file is another one. */
async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      const target = await realpath(path)
      const { mtimeMs, ino } = await stat(target)
      return `${target} ${ino} ${mtimeMs}`
    }),
  )
  return states.join('\n')
}

/** @throws {Error} for a key that is none, or not that of the certificate */
function contextOptions({ certificate, key, trust }: Certificates): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: certificate,
    key,
    // Nobody else's authorities: whom the system believes is not whom a sidecar believes.
    ...(trust === '' ? {} : { ca: trust }),
    minVersion: 'TLSv1.2',
    // A peer that asks for new keys again and again costs more than a request (CVE-2011-1473).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
  createSecureContext(options)
  return options
}
