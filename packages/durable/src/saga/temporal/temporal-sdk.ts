import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A workflow as a client of Temporal has it. */
export interface WorkflowHandle {
  describe(): Promise<WorkflowDescription>
  result(): Promise<unknown>
  signal(name: string, ...given: unknown[]): Promise<void>
}

export interface WorkflowDescription {
  readonly workflowId: string
  readonly status: { readonly name: string }
  readonly memo?: Readonly<Record<string, unknown>> | undefined
  readonly startTime: Date
  readonly closeTime?: Date
}

export interface WorkflowClient {
  start(type: string, options: Readonly<Record<string, unknown>>): Promise<WorkflowHandle>
  getHandle(id: string): WorkflowHandle
  list(options: { readonly query: string; readonly pageSize: number }): AsyncIterable<WorkflowDescription>
}

interface Connection {
  close(): Promise<void>
}

/** What of Temporal's packages is used here, and the folder that they lie in. */
export interface TemporalSdk {
  readonly folder: string
  readonly client: {
    readonly Connection: { connect(options: { readonly address: string }): Promise<Connection> }
    readonly Client: new (options: { readonly connection: Connection; readonly namespace: string }) => {
      readonly workflow: WorkflowClient
    }
  }
  readonly worker: {
    readonly NativeConnection: { connect(options: { readonly address: string }): Promise<Connection> }
    readonly Worker: { create(options: Readonly<Record<string, unknown>>): Promise<TemporalWorker> }
    readonly Runtime: { install(options: Readonly<Record<string, unknown>>): unknown }
    readonly DefaultLogger: new (level: string) => unknown
    bundleWorkflowCode(options: Readonly<Record<string, unknown>>): Promise<{ readonly code: string }>
  }
  readonly activity: {
    readonly Context: {
      current(): { heartbeat(): void; readonly cancellationSignal: AbortSignal }
    }
  }
}

export interface TemporalWorker {
  run(): Promise<void>
  shutdown(): void
}

/**
 * Loads Temporal's packages from the `node_modules` that are found from a folder.
 *
 * @throws {Error} when they are not installed there
 */
export function loadTemporal(folder: string): TemporalSdk {
  const require = createRequire(pathToFileURL(`${folder}/`))
  try {
    return {
      client: require('@temporalio/client') as TemporalSdk['client'],
      worker: require('@temporalio/worker') as TemporalSdk['worker'],
      activity: require('@temporalio/activity') as TemporalSdk['activity'],
      folder: dirname(dirname(dirname(dirname(require.resolve('@temporalio/workflow'))))),
    }
  } catch (cause) {
    throw new Error(
      'cannot open a saga engine on Temporal: its packages must be installed; ' +
        'npm install @temporalio/client @temporalio/worker @temporalio/workflow @temporalio/activity',
      { cause },
    )
  }
}
