import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PGliteServer, servePGlite, StoreError } from '@watertight/durable'
import { shownPath } from '../document/load-document.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface ServeStoreOptions {
  readonly json?: boolean
  readonly port?: string
  readonly admin?: string
}

/** A client that is frozen in the middle of a transaction keeps all others waiting for so long. */
const IDLE_IN_TRANSACTION_MS = 1_000
/** A former process may be about to end. */
const FORMER_PROCESS_MS = 20_000
const POLL_MS = 100

/** Serves an embedded store until it is told to stop. */
export async function serveStore(
  given: string,
  options: ServeStoreOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const folder = resolve(terminal.cwd, given)
  const port = portOf('--port', options.port) ?? 0
  const adminPort = portOf('--admin', options.admin)
  const password = terminal.env['WATERTIGHT_STORE_PASSWORD']
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const serve = () =>
    servePGlite({
      folder,
      port,
      idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
      ...(password === undefined ? {} : { password }),
    })
  const store = await patiently(serve).catch((error: unknown) => {
    const { message, code = 'WT_STORE' } = error as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? `port ${port} on 127.0.0.1 is taken by another program` : message
    throw new CommandError(`cannot serve ${shownPath(folder, terminal)}: ${why}`, {
      code,
      exitCode: EXIT.engineUnreachable,
      cause: error,
    })
  })
  const admin = adminPort === undefined ? undefined : await answerReady(adminPort)
  terminal.out.write(`${shownUrl(store.url, password)}\n`)
  terminal.err.write(`${shownPath(folder, terminal)} is served at this URL; Ctrl-C ends it\n`)
  await stop
  admin?.close()
  await store.close()
  return EXIT.ok
}

/** Whoever has named the password knows it, and others may read what a program writes. */
function shownUrl(url: string, named: string | undefined): string {
  if (named === undefined) return url
  const shown = new URL(url)
  shown.password = ''
  return shown.toString()
}

async function patiently(serve: () => Promise<PGliteServer>): Promise<PGliteServer> {
  const giveUpAt = performance.now() + FORMER_PROCESS_MS
  for (;;) {
    try {
      return await serve()
    } catch (error) {
      const isInUse = error instanceof StoreError && error.code === 'WT_STORE_FOLDER_IN_USE'
      if (!isInUse || performance.now() > giveUpAt) throw error
    }
    await sleep(POLL_MS)
  }
}

async function answerReady(port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end('ready\n'))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new CommandError(`cannot serve a store: ${option} must be an integer from 0 to 65535, got ${text}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
  })
}
