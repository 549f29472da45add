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
import { cannotListen } from './cannot-listen.js'
import type { Follow } from './follow-manifest.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { startTracing } from './start-tracing.js'
import { DRAIN_MS } from './drain-ms.js'
import type { QuestionMessage, WorkerMessage } from './worker-messages.js'

export interface ServedProxy {
  readonly follow: Follow
  readonly model: SystemModel
  readonly posture: Posture
  readonly adminPort: number | undefined
  readonly logsAccess: boolean
  readonly sheds: boolean
  readonly host: string | undefined
  /** Where the document lies: files that it names are found from there. */
  readonly folder: string
}

/** Serves in this process until it is told to stop, and then lets what is under way end. */
export async function serveProxy(served: ServedProxy, terminal: Terminal): Promise<ExitCode> {
  const { model, posture, adminPort, logsAccess, host, folder } = served
  const credentials = await openCredentials(model, posture, folder, (problem) => {
    terminal.err.write(`cannot use the new certificates, the old ones stay: ${problem.message}\n`)
  }).catch((error: unknown) => {
    throw explained(error)
  })
  const accessLog = logsAccess ? process.stdout : undefined
  // The process that holds the ports speaks for all of its workers.
  const ownAdminPort = cluster.isWorker ? undefined : adminPort
  const traced = await startTracing(posture.kind === 'gateway' ? 'gateway' : posture.service)
  const tracing = traced?.tracing
  const proxy = create({
    model,
    posture,
    adminPort: ownAdminPort,
    host,
    credentials,
    accessLog,
    tracing,
    shedding: served.sheds ? {} : undefined,
  })
  await proxy.listen().catch((error: unknown) => {
    throw cannotListen(error)
  })
  if (cluster.isWorker) reportTo(proxy, readyLine(posture, proxy.ports))
  else terminal.out.write(readyLine(posture, proxy.ports))
  process.on('SIGUSR2', () => {
    // A worker of several is replaced by the process that holds the ports.
    if (cluster.isPrimary)
      terminal.err.write(
        'cannot restart without a break: one process holds the ports, run --restartable, or --workers 2 or more\n',
      )
  })
  // Whoever ends a whole group of processes tells a worker directly, and the process that holds the ports tells it again:
  // a second word must not cut off what the first one lets end.
  if (cluster.isWorker)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined)
  const watch = served.follow((changed) => proxy.reload(changed))
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'disconnect')])
  watch?.close()
  const limit = setTimeout(() => proxy.destroy(), DRAIN_MS)
  await proxy.drain()
  clearTimeout(limit)
  await traced?.close()
  return EXIT.ok
}

/** Tells the process that has started this one that it is ready, and answers what that is asked. */
function reportTo(proxy: Proxy, line: string): void {
  const tell = (message: WorkerMessage): void => {
    // Who asks may have gone by now.
    if (process.connected) process.send?.(message)
  }
  process.on('message', ({ type, number, what, words }: QuestionMessage) => {
    if (type === 'question') tell({ type: 'answer', number, fact: proxy.ask(what, words) })
  })
  tell({ type: 'ready', line })
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
