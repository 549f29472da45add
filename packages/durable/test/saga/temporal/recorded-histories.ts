import { loadTemporal } from '../../../src/saga/temporal/temporal-sdk.js'
import { packagesFrom } from './packages-from.js'

export interface HistoryEvent {
  readonly eventId?: unknown
  readonly activityTaskScheduledEventAttributes?: {
    activityId?: string | null
    activityType?: { name?: string | null } | null
  } | null
  readonly activityTaskCancelRequestedEventAttributes?: { readonly scheduledEventId?: unknown } | null
  readonly workflowExecutionSignaledEventAttributes?: object | null
  readonly workflowPropertiesModifiedEventAttributes?: object | null
}

/** What a workflow has recorded, as Temporal's client hands it out. */
export interface RecordedHistory {
  readonly workflowId: string
  readonly history: { readonly events?: readonly HistoryEvent[] | null }
}

/** Whether an event is of the kind that has this part. */
export const hasPart = (part: object | null | undefined): boolean => (part ?? null) !== null

interface TemporalClient {
  list(options?: { readonly query: string }): AsyncIterable<unknown> & {
    intoHistories(): AsyncIterable<RecordedHistory>
  }
  getHandle(id: string): {
    fetchHistory(): Promise<RecordedHistory['history']>
    cancel(): Promise<unknown>
    terminate(reason?: string): Promise<unknown>
  }
}

/** All that the workflows of a server have recorded, ended or not. */
export async function recordedHistories(address: string): Promise<RecordedHistory[]> {
  return await onClient(address, async (workflow) => {
    const histories: RecordedHistory[] = []
    for await (const one of workflow.list().intoHistories()) histories.push(one)
    return histories
  })
}

/** How many runs a workflow has had, as far as Temporal's index knows. */
export async function runsOf(address: string, id: string): Promise<number> {
  return await onClient(address, async (workflow) => {
    let count = 0
    for await (const _ of workflow.list({ query: `WorkflowId = '${id}'` })) count += 1
    return count
  })
}

/** What one workflow has recorded so far. */
export async function historyOf(address: string, id: string): Promise<readonly HistoryEvent[]> {
  return await onClient(
    address,
    async (workflow) => (await workflow.getHandle(id).fetchHistory()).events ?? [],
  )
}

/** As somebody does in Temporal's own page. */
export async function cancelWorkflow(address: string, id: string): Promise<void> {
  await onClient(address, (workflow) => workflow.getHandle(id).cancel())
}

/** As somebody does in Temporal's own page who wants it gone. */
export async function terminateWorkflow(address: string, id: string): Promise<void> {
  await onClient(address, (workflow) => workflow.getHandle(id).terminate('by an operator'))
}

/** The activities that a workflow has told to stop, by their ids: `undo.` comes before that of a compensation. */
export function stoppedActivities({ history }: RecordedHistory): string[] {
  const events = history.events ?? []
  return events.flatMap(({ activityTaskCancelRequestedEventAttributes: stop }) =>
    hasPart(stop)
      ? events
          .filter(({ eventId }) => String(eventId) === String(stop?.scheduledEventId))
          .map((event) => event.activityTaskScheduledEventAttributes?.activityId ?? '')
      : [],
  )
}

async function onClient<Result>(
  address: string,
  work: (workflow: TemporalClient) => Promise<Result>,
): Promise<Result> {
  const { client } = loadTemporal(packagesFrom)
  const connection = await client.Connection.connect({ address })
  try {
    const { workflow } = new client.Client({ connection, namespace: 'default' })
    return await work(workflow as unknown as TemporalClient)
  } finally {
    await connection.close()
  }
}
