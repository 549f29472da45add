import cluster from 'node:cluster'
import { once } from 'node:events'
import type { SystemModel } from '@watertight/manifest'
import {
  type ListeningPort,
  MissingCertificatesError,
  NotGivenError,
  openCredentials,
  type Posture,
  Proxy,
  UnreachableServiceError,
} from '@watertight/proxy'
import { followManifest } from './follow-manifest.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface ServedProxy {
  readonly file: string | undefined
  readonly model: SystemModel
  readonly posture: Posture
  readonly adminPort: number | undefined
  readonly logsAccess: boolean
  readonly host: string | undefined
  /** Where the document lies: files that it names are found from there. */
  readonly folder: string
}

/** Requests under way get so long to end once the process is told to stop. */
const DRAIN_MS = 30_000

/** Serves in this process until it is told to stop, and then lets what is under way end. */
export async function serveProxy(served: ServedProxy, terminal: Terminal): Promise<ExitCode> {
  const { model, posture, adminPort, logsAccess, host, folder } = served
  const credentials = await openCredentials(model, posture, folder, (problem) => {
    terminal.err.write(`cannot use the new certificates, the old ones stay: ${problem.message}\n`)
  }).catch((error: unknown) => {
    throw explained(error)
  })
  const accessLog = logsAccess ? process.stdout : undefined
  const proxy = create({ model, posture, adminPort, host, credentials, accessLog })
  await proxy.listen().catch((error: unknown) => {
    throw cannotListen(error)
  })
  if (cluster.isWorker) process.send?.({ type: 'ready', line: readyLine(posture, proxy.ports) })
  else terminal.out.write(readyLine(posture, proxy.ports))
  const watch = followManifest(served.file, (changed) => proxy.reload(changed), terminal)
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'disconnect')])
  watch?.close()
  const limit = setTimeout(() => proxy.destroy(), DRAIN_MS)
  await proxy.drain()
  clearTimeout(limit)
  return EXIT.ok
}

/** `ready: gateway: gateway on 8080, admin on 9901` */
function readyLine(posture: Posture, ports: readonly ListeningPort[]): string {
  const kind = posture.kind === 'gateway' ? 'gateway' : `sidecar of ${posture.service}`
  const places = ports.map(({ name, port }) => `${name} on ${port}`)
  return `ready: ${kind}: ${places.join(', ')}\n`
}

function create(options: ConstructorParameters<typeof Proxy>[0]): Proxy {
  try {
    return new Proxy(options)
  } catch (error) {
    throw explained(error)
  }
}

function explained(error: unknown): unknown {
  if (!isFinding(error)) return error
  return new CommandError(error.message, { code: error.code, exitCode: EXIT.findings, cause: error })
}

function isFinding(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof UnreachableServiceError ||
    error instanceof MissingCertificatesError ||
    error instanceof NotGivenError
  )
}

function cannotListen(error: unknown): CommandError {
  const { code, port, message } = error as NodeJS.ErrnoException & { readonly port?: number }
  const why =
    code === 'EADDRINUSE'
      ? `port ${port} is in use`
      : code === 'EACCES'
        ? `port ${port} needs a right that this process does not have`
        : message
  return new CommandError(`cannot run a proxy: ${why}`, {
    code: 'WT_PORT',
    exitCode: EXIT.findings,
    cause: error,
  })
}
