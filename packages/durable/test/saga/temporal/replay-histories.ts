import { bundleWorkflow } from '../../../src/saga/temporal/bundle-workflow.js'
import { loadTemporal } from '../../../src/saga/temporal/temporal-sdk.js'
import { packagesFrom } from './packages-from.js'
import type { RecordedHistory } from './recorded-histories.js'

interface ReplayingSdk {
  readonly Worker: {
    runReplayHistories(
      options: Readonly<Record<string, unknown>>,
      histories: Iterable<RecordedHistory>,
    ): AsyncIterable<{ readonly workflowId: string; readonly error?: Error }>
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
