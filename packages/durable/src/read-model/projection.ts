import type { ConsumeOptions } from '../events/consume.js'
import type { EventTypes } from '../outbox/event-type.js'
import { groupOf, tableOf } from './queries/create-table.js'
import { quoted, type ReadModel } from './read-model.js'

/** What a consumer has to know to keep a generation of a read model up to date. */
export function projection<Types extends EventTypes>(
  model: ReadModel<Types>,
  generation: number,
): Pick<ConsumeOptions<Types>, 'group' | 'topic' | 'handle' | 'startAt'> {
  const table = tableOf(model.name, generation)
  return {
    group: groupOf(model.name, generation),
    topic: model.topic,
    startAt: 'first',
    handle: async (event, transaction) => {
      const row = model.project(event)
      if (row === undefined) return
      const names = Object.keys(row)
      const unknown = names.find((name) => !Object.hasOwn(model.columns, name))
      if (unknown !== undefined || !names.includes(model.key)) {
        const allowed = `columns of ${model.name}, ${model.key} among them`
        throw new Error(`cannot project ${event.type}: names must be ${allowed}, got ${names.join(', ')}`)
      }
      const places = names.map((_, index) => `$${index + 1}`).join(', ')
      const updates = [...names.filter((name) => name !== model.key), 'version']
      await transaction.query(
        `insert into ${table} as known (${names.map(quoted).join(', ')}, version) values (${places}, $${names.length + 1})
         on conflict (${quoted(model.key)}) do update set ${updates.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}
         where known.version < excluded.version`,
        [...names.map((name) => row[name]), event.sequence],
      )
    },
  }
}
