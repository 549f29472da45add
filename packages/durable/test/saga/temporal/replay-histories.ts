import { bundleWorkflow } from '../../../src/saga/temporal/bundle-workflow.js'
import { loadTemporal } from '../../../src/saga/temporal/temporal-sdk.js'
import { packagesFrom } from './temporal-bench.js'

export interface HistoryEvent {
  readonly activityTaskScheduledEventAttributes?: {
    activityType?: { name?: string | null } | null
  } | null
}

/** What a workflow has recorded, as Temporal's client hands it out. */
export interface RecordedHistory {
  readonly workflowId: string
  readonly history: { readonly events?: readonly HistoryEvent[] | null }
}

interface ReplayingSdk {
  readonly Worker: {
    runReplayHistories(
      options: Readonly<Record<string, unknown>>,
      histories: Iterable<RecordedHistory>,
    ): AsyncIterable<{ readonly workflowId: string; readonly error?: Error }>
  }
}

interface ListingClient {
  list(): {
    intoHistories(): AsyncIterable<RecordedHistory>
  }
}

/** All that the workflows of a server have recorded, ended or not. */
export async function recordedHistories(address: string): Promise<RecordedHistory[]> {
  const { client } = loadTemporal(packagesFrom)
  const connection = await client.Connection.connect({ address })
  try {
    const { workflow } = new client.Client({ connection, namespace: 'default' })
    const histories: RecordedHistory[] = []
    for await (const one of (workflow as unknown as ListingClient).list().intoHistories()) histories.push(one)
    return histories
  } finally {
    await connection.close()
  }
}

/** Runs the workflow of today over what was recorded; tells each that it does not decide as it did then. */
export async function replayHistories(
  histories: readonly RecordedHistory[],
): Promise<{ readonly replayed: number; readonly refused: string[] }> {
  const sdk = loadTemporal(packagesFrom)
  const worker = sdk.worker as unknown as ReplayingSdk
  const refused: string[] = []
  let replayed = 0
  const options = { workflowBundle: await bundleWorkflow(sdk) }
  for await (const { workflowId, error } of worker.Worker.runReplayHistories(options, histories)) {
    replayed += 1
    if (error !== undefined) refused.push(`${workflowId}: ${error.message}`)
  }
  return { replayed, refused }
}
