import type { SagaView } from '@watertight/durable'

/** A saga for programs, without the state by which workers decide, whose shape is theirs. */
export function sagaJson(saga: SagaView): object {
  const { id, name, version, key, parent, status, createdAt, updatedAt, dueAt } = saga
  return {
    id,
    name,
    version,
    key: key ?? null,
    parent: parent ?? null,
    status,
    createdAt,
    updatedAt,
    dueAt: dueAt ?? null,
  }
}
