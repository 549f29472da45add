import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  documentName,
  instanceNames,
  serviceNames,
  sidecarOf,
  type InstanceName,
  type ProcessName,
} from '../services/names.js'
import type { RunDocuments } from './run-documents.js'
import type { ShopPorts } from './shop-ports.js'

/** How to start a process, and how to ask it whether it is well. */
export interface Program {
  readonly name: ProcessName
  /** The program and its words. */
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  /** Where it answers probes. */
  readonly url: string
  readonly probes: { readonly live: string; readonly ready: string }
  /** Where its log is, if it keeps one. */
  readonly log?: string
  /** Whether lines on its standard output are for people. */
  readonly isTalkative: boolean
}

export interface ProgramsOptions {
  readonly dataFolder: string
  readonly documents: RunDocuments
  readonly ports: ShopPorts
  readonly faultToken: string
  readonly databasePassword: string
  /** The Python that runs tax; without one there is no tax. */
  readonly python: string | undefined
}

// Built code only, from wherever this file runs: `src` and `dist` are equally deep.
const built = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const ownProbes = { live: '/healthz', ready: '/readyz' }

/** Everything that a run starts. */
export function programs(options: ProgramsOptions): Program[] {
  const { python } = options
  const instances = instanceNames.filter((name) => name !== 'tax' || python !== undefined)
  return [
    gateway(options),
    database(options),
    ...serviceNames.map((name) => service(name, options)),
    ...(python === undefined ? [] : [tax(python, options)]),
    ...instances.map((name) => sidecar(name, options)),
  ]
}

function service(name: (typeof serviceNames)[number], options: ProgramsOptions): Program {
  const { dataFolder, documents, ports, faultToken } = options
  const { application, outbound } = ports.instances[name]
  const folder = join(dataFolder, name)
  const urls = Object.fromEntries(Object.entries(outbound).map(([to, port]) => [to, origin(port)]))
  return {
    name,
    command: [process.execPath, '--enable-source-maps', built('dist/services/main.js'), name],
    environment: {
      SERVICE_PORT: String(application),
      SERVICE_DATA: folder,
      SERVICE_URLS: JSON.stringify(urls),
      SERVICE_MANIFEST: documents.fileFor(name),
      FAULT_TOKEN: faultToken,
    },
    url: origin(application),
    probes: ownProbes,
    log: join(folder, 'log.jsonl'),
    isTalkative: true,
  }
}

function database({ dataFolder, ports, databasePassword }: ProgramsOptions): Program {
  return {
    name: 'database',
    command: [process.execPath, '--enable-source-maps', built('dist/database/main.js')],
    environment: {
      DATABASE_FOLDER: join(dataFolder, 'database', 'postgres'),
      DATABASE_PORT: String(ports.database),
      DATABASE_HEALTH_PORT: String(ports.databaseHealth),
      DATABASE_PASSWORD: databasePassword,
    },
    url: origin(ports.databaseHealth),
    probes: ownProbes,
    isTalkative: true,
  }
}

function tax(python: string, { ports }: ProgramsOptions): Program {
  const { application } = ports.instances.tax
  return {
    name: 'tax',
    command: [python, built('src/tax/tax.py'), String(application)],
    environment: { END_WITH_STDIN: '1' },
    url: origin(application),
    probes: ownProbes,
    isTalkative: true,
  }
}

function gateway({ documents, ports }: ProgramsOptions): Program {
  return proxy('gateway', documents.fileFor('gateway'), ['--gateway'], ports.gatewayAdmin)
}

function sidecar(instance: InstanceName, { documents, ports }: ProgramsOptions): Program {
  const posture = ['--sidecar', documentName(instance)]
  return proxy(sidecarOf(instance), documents.fileFor(instance), posture, ports.instances[instance].admin)
}

/** `watertight proxy`, in one process: the load of a shop does not need a second one. */
function proxy(name: ProcessName, document: string, posture: readonly string[], admin: number): Program {
  const words = ['proxy', '--manifest', document, ...posture, '--workers', '1', '--admin', String(admin)]
  return {
    name,
    command: [process.execPath, built('dist/proxy/main.js'), ...words],
    environment: {},
    url: origin(admin),
    probes: { live: '/ready', ready: '/ready' },
    // One line, which says that it is ready.
    isTalkative: false,
  }
}

function origin(port: number): string {
  return `http://127.0.0.1:${port}`
}
