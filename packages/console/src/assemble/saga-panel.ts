import type { SagaView } from '@watertight/durable'
import type { SagaPanel, SagaSummary } from '../model/saga-summary.js'

/** A line of the list of sagas. */
export function sagaSummary(saga: SagaView): SagaSummary {
  const { id, name, version, key, parent, state, timeline, createdAt, updatedAt, dueAt } = saga
  const { status, turnedBack } = state
  return {
    id,
    name,
    version,
    key: key ?? null,
    parent: parent ?? null,
    status,
    step: timeline.findLast(({ step }) => step !== undefined)?.step ?? null,
    startedAt: createdAt.getTime(),
    changedAt: updatedAt.getTime(),
    dueAt: dueAt?.getTime() ?? null,
    turnedBack:
      turnedBack === undefined
        ? null
        : [turnedBack.why, turnedBack.step, turnedBack.message ?? turnedBack.code]
            .filter((word) => word !== undefined)
            .join(': '),
    canRetry:
      status === 'compensation-failed' ||
      ((status === 'running' || status === 'compensating') && dueAt !== undefined),
  }
}

/** A saga with all that has happened to it. */
export function sagaPanel(saga: SagaView): SagaPanel {
  return {
    summary: sagaSummary(saga),
    timeline: saga.timeline.map(({ at, what, step, detail }) => ({
      at,
      event: what,
      step: step ?? null,
      detail: detail ?? null,
    })),
    omitted: saga.state.omitted,
  }
}
