import { randomUUID } from 'node:crypto'
import { createDrain, createHealth, type CheckFunction, type CloseHook, type Health } from '@watertight/http'
import { watchManifest, type ServiceModel, type SystemModel } from '@watertight/manifest'
import { openServiceStore, type Idempotency, type Store } from '@watertight/durable'
import type { Tracing } from '@watertight/telemetry'
import { EXIT_PORT_TAKEN } from '../command-line/exit.js'
import { createFolder } from '../data-folder/create-folder.js'
import { Faults } from '@watertight/traffic'
import { journalsIn } from '../journal/file-journal.js'
import type { OpenJournal } from '../journal/journal.js'
import { documentName, type ServiceName } from '../services/names.js'
import { sayLastWords } from '../system/last-words.js'
import { loadManifest, serviceOf, type Manifest } from '../manifest/manifest.js'
import { observe, type Log, type Observation } from '../telemetry/observation.js'
import { Edges } from './edges.js'
import { endBecauseOf } from './end-because-of.js'
import { internalRoutes } from './internal-routes.js'
import type { Routes } from './routes.js'
import { JsonServer } from './server.js'

/** Shorter than a supervisor's patience with a service that starts. */
const CHECK_CACHE_MS = 100
const DRAIN_MS = 5_000

/** What a service gets to work with. */
export interface Environment {
  /** Of the process: `canary` is a version of order. */
  readonly name: ServiceName
  /** The folder that is this service's own, for what it must not forget. */
  readonly dataFolder: string
  /** Journals in that folder. */
  readonly openJournal: OpenJournal
  /** The services that it calls. */
  readonly edges: Pick<Edges, 'to'>
  /** The document, as it was when the service started. */
  readonly model: SystemModel
  /** Opens the store that the document gives to the service; it connects when it is first asked something. */
  readonly openStore: () => Store
  readonly log: Log
  readonly tracing: Tracing
}

/** What a service is made of, besides the part that all have in common. */
export interface Service {
  readonly routes: Routes
  /** Has a POST to these happen once for each `Idempotency-Key`. */
  readonly idempotency?: Idempotency
  /** More routes under `/internal`. */
  readonly internalRoutes?: Routes
  /** More for `/internal/status`. */
  readonly figures?: () => Promise<Record<string, unknown>>
  /** What must work before it takes requests, by name. */
  readonly checks?: Readonly<Record<string, CheckFunction>>
  /** Resolves when `checks` may succeed; when it rejects, the service ends and says why. */
  readonly opened?: Promise<unknown>
  /** Called once no request is in flight any more. */
  readonly close: () => Promise<void>
}

/**
 * Runs one service as this process: opens it, listens, answers probes, scrapes and fault requests, follows
 * `watertight.yaml`, and drains on SIGTERM.
 *
 * Settings come by environment, as `watertight up` gives them to every process: `PORT`, `WATERTIGHT_DATA`,
 * `WATERTIGHT_MANIFEST`, and `PAYMENT_URL` and the like; `npm start` adds `FAULT_TOKEN`.
 */
export async function runService(
  name: ServiceName,
  open: (environment: Environment) => Promise<Service>,
): Promise<void> {
  const dataFolder = setting('WATERTIGHT_DATA')
  let log: Log | undefined
  const end = (error: unknown) => endBecauseOf(error, dataFolder, log)
  process.on('uncaughtException', end)
  await openService(name, open, dataFolder, (opened) => (log = opened)).catch(end)
}

async function openService(
  name: ServiceName,
  open: (environment: Environment) => Promise<Service>,
  dataFolder: string,
  onLog: (log: Log) => void,
): Promise<void> {
  await createFolder(dataFolder)
  const manifest = loadManifest(setting('WATERTIGHT_MANIFEST'))
  const model = serviceOf(manifest.model, documentName(name))
  const observation = await observe(model, dataFolder)
  const { telemetry, tracing, log } = observation
  onLog(log)
  const edges = new Edges({ model: manifest.model, service: model.name, urlOf, telemetry })
  const service = await open({
    name,
    dataFolder,
    openJournal: journalsIn(dataFolder),
    edges,
    log,
    tracing,
    model: manifest.model,
    openStore: () => openServiceStore(manifest.model, { service: model.name }),
  })
  const faults = new Faults(Math.random)
  const server: JsonServer = new JsonServer({
    routes: service.routes,
    idempotency: service.idempotency,
    internalRoutes: {
      ...internalRoutes(() => statusOf(name, server, edges, service), faults, faultToken()),
      ...service.internalRoutes,
    },
    faults,
    health: healthOf(model, service, observation),
    telemetry,
    log,
  })
  follow(manifest, edges, log)
  drainOnSignal(server, model, [
    { name, close: service.close },
    { name: 'edges', close: () => edges.close() },
    { name: 'traces', close: observation.close },
  ])
  await listen(server)
  await service.opened
  log.info({ pid: process.pid, afterMs: Math.round(performance.now()) }, 'ready')
}

async function statusOf(
  name: string,
  { guard, durations }: JsonServer,
  edges: Edges,
  { figures }: Service,
): Promise<Record<string, unknown>> {
  const { count, ms } = durations
  const own = await figures?.()
  return {
    service: name,
    pid: process.pid,
    inFlight: guard.inFlight,
    served: { count, ms },
    edges: edges.status(),
    ...own,
  }
}

function healthOf({ live, ready }: ServiceModel, { checks }: Service, { telemetry }: Observation): Health {
  return createHealth({
    checks: checks ?? {},
    cacheMs: CHECK_CACHE_MS,
    paths: {
      ...(live === undefined ? {} : { live: live.path }),
      ...(ready === undefined ? {} : { ready: ready.path }),
    },
    admin: { '/metrics': (accept) => telemetry.expose(accept) },
  })
}

/** A changed number is in force from the next call on; a change that cannot be read changes nothing. */
function follow({ file, text }: Manifest, edges: Edges, log: Log): void {
  watchManifest(file, {
    text,
    onChange: (model) => {
      edges.update(model)
      log.info('the manifest has changed, and is in force')
    },
    onRefused: ({ message }) => log.warn({ message }, 'the manifest has changed, and is not in force'),
  })
}

function drainOnSignal(
  { server, guard }: JsonServer,
  { drainMs = DRAIN_MS }: ServiceModel,
  hooks: readonly CloseHook[],
): void {
  const onClose = hooks.map((hook) => ({ timeoutMs: drainMs, ...hook }))
  // The supervisor stops the callers of a service before the service itself: nobody has to notice anything first.
  createDrain({ server, guard, probePeriodMs: 0, drainMs, onClose }).installSignals({ signals: ['SIGTERM'] })
}

async function listen(server: JsonServer): Promise<void> {
  try {
    await server.listen(Number(setting('PORT')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    sayLastWords(`port ${setting('PORT')} is taken`)
    process.exit(EXIT_PORT_TAKEN)
  }
}

function urlOf(callee: string): string {
  return setting(`${callee.toUpperCase()}_URL`)
}

/** Without one that somebody knows, nobody can inject faults. */
function faultToken(): string {
  return process.env['FAULT_TOKEN'] ?? randomUUID()
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined)
    throw new Error(`cannot start a service by hand: ${name} is not set; watertight up does`)
  return value
}
