import { timingSafeEqual } from 'node:crypto'
import { EXIT_PORT_TAKEN } from '../command-line/exit-codes.js'
import { FolderLock } from '../folder-lock/folder-lock.js'
import { parse } from './body.js'
import { faultPlanSchema, Faults } from './faults.js'
import { Problem } from './problem.js'
import type { Request, Routes } from './routes.js'
import { JsonServer } from './server.js'

const DRAIN_MS = 5_000
const FORMER_PROCESS_MS = 20_000

/** What a service gets from whoever starts it. */
export interface Environment {
  /** The folder that is this service's own, for what it must not forget. */
  readonly dataFolder: string
  /** Where the other services are, by name. */
  readonly urls: Readonly<Record<string, string>>
}

/** What a service is made of, besides the part that all have in common. */
export interface Service {
  readonly routes: Routes
  /** More routes under `/internal`. */
  readonly internalRoutes?: Routes
  /** Added to `GET /internal/status`. */
  readonly status?: () => Record<string, unknown>
  /** Called once no request is in flight any more. */
  readonly close: () => Promise<void>
}

/**
 * Runs one service as this process: opens it, listens, answers health and fault requests, drains on SIGTERM, and
 * ends with the process that started it.
 *
 * Settings come by environment: `SERVICE_PORT`, `SERVICE_DATA`, `SERVICE_URLS` (JSON), `FAULT_TOKEN`.
 */
export async function runService(
  name: string,
  open: (environment: Environment) => Promise<Service>,
): Promise<void> {
  endWithParent()
  const dataFolder = setting('SERVICE_DATA')
  // After a crash of the supervisor, a former process of this service may still be about to notice.
  await FolderLock.take(dataFolder, FORMER_PROCESS_MS)
  const service = await open({
    dataFolder,
    urls: JSON.parse(setting('SERVICE_URLS')) as Record<string, string>,
  })
  const faults = new Faults()
  const server: JsonServer = new JsonServer({
    routes: service.routes,
    internalRoutes: { ...healthRoutes(name, service, faults, () => server), ...service.internalRoutes },
    faults,
  })
  process.once('SIGTERM', () => {
    void server
      .drain(DRAIN_MS)
      .then(() => service.close())
      .then(() => process.exit(0))
  })
  try {
    await server.listen(Number(setting('SERVICE_PORT')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    console.error(`cannot start ${name}: port ${setting('SERVICE_PORT')} is taken`)
    process.exit(EXIT_PORT_TAKEN)
  }
}

/**
 * Standard input is a pipe that the supervisor holds and never writes to. It closes when the supervisor dies,
 * even by SIGKILL. Nothing is left to drain for then, and all state is safe against a crash at any moment.
 */
function endWithParent(): void {
  process.stdin.once('close', () => process.exit(0))
  process.stdin.resume()
}

function healthRoutes(name: string, service: Service, faults: Faults, server: () => JsonServer): Routes {
  const showFaults = () => ({
    status: 200,
    body: faults.current() ?? { latencyMs: 0, errorRate: 0, forSeconds: 0 },
  })
  return {
    'GET /livez': () => ({ status: 200, body: { status: 'alive' } }),
    'GET /readyz': () => {
      if (server().draining) throw new Problem(503, 'draining', `${name} is draining`)
      return { status: 200, body: { status: 'ready' } }
    },
    'GET /internal/status': () => ({
      status: 200,
      body: {
        service: name,
        pid: process.pid,
        inFlight: server().inFlight,
        faults: faults.current() ?? null,
        ...service.status?.(),
      },
    }),
    'GET /faults': showFaults,
    'POST /faults': (request) => {
      checkToken(request)
      faults.inject(parse(faultPlanSchema, request.body))
      return showFaults()
    },
    'DELETE /faults': (request) => {
      checkToken(request)
      faults.clear()
      return showFaults()
    },
  }
}

function checkToken(request: Request): void {
  const given = String(
    request.headers['x-fault-token'] ?? request.headers.authorization?.replace(/^Bearer /, '') ?? '',
  )
  const expected = Buffer.from(setting('FAULT_TOKEN'))
  const bytes = Buffer.from(given)
  if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) return
  throw new Problem(401, 'wrong-token', 'faults need the token that was printed at start, as x-fault-token')
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`cannot start a service by hand: ${name} is not set`)
  return value
}
