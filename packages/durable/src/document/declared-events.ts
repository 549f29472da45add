import type { EventModel, SystemModel } from '@watertight/manifest'
import { nearestSpelling } from '@watertight/policy/options'
import type { Topic } from '../outbox/topic.js'
import { DocumentError } from './document-error.js'

/** An event of the document, and the topic of the code that has it as a type. */
export interface DeclaredEvent<T extends Topic> {
  readonly event: EventModel
  readonly topic: T
}

/**
 * Finds events of the document among the topics of the code, where each is a type under its own name.
 *
 * @throws {DocumentError} when one is not there, is in another topic, or has another version
 */
export function declaredEvents<T extends Topic>(
  model: SystemModel,
  names: Iterable<string>,
  { topics, action }: { topics: readonly T[]; action: string },
): DeclaredEvent<T>[] {
  return [...names].map((name) => {
    const event = model.events.get(name)
    if (event === undefined) throw mismatch(`cannot ${action}: the document has no event ${name}`)
    const topic = topics.find(({ types }) => Object.hasOwn(types, name))
    if (topic === undefined) {
      const types = topics.flatMap(({ types: known }) => Object.keys(known))
      const near = nearestSpelling(name, types)
      const hint = near === undefined ? '' : `; did you mean ${name} where it says ${near}?`
      throw mismatch(
        `cannot ${action}: event ${name} must be a type of one of its topics, got ${types.join(', ') || 'none'}${hint}`,
      )
    }
    refuseDifference(event, topic, action)
    return { event, topic }
  })
}

/** What two sources say of one thing must be the same, or one of them is followed by nobody. */
function refuseDifference({ name, topic, version, path }: EventModel, code: Topic, action: string): void {
  if (code.name !== topic) {
    throw mismatch(
      `cannot ${action}: event ${name} must be in topic ${topic}, as events.${name} of the document has it, got ${code.name}`,
    )
  }
  const inCode = code.types[name]?.version ?? 1
  if (path === undefined || inCode === version) return
  throw mismatch(
    `cannot ${action}: event ${name} must have version ${version}, as events.${name}.version of the document has it, got ${inCode}`,
  )
}

const mismatch = (message: string): DocumentError => new DocumentError('WT_DOCUMENT_MISMATCH', message)
