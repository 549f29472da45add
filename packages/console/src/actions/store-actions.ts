import type { StoreSource } from '../sources/store-source.js'
import type { Action } from './action.js'
import { ActionWords } from './action-words.js'

/** What is done to sagas and events: whichever service runs them does it. */
export function storeActions(store: StoreSource | undefined): Action[] {
  const obstacle = (): string | null => {
    if (store === undefined) return 'no store is named'
    const { told } = store.source
    return told.known ? null : `the store cannot be asked: ${told.reason}`
  }
  return [
    {
      name: 'redrive',
      obstacle,
      act: async (body) => {
        const words = new ActionWords('redrive', body, ['group', 'eventId'])
        const filter = { group: words.text('group'), eventId: words.text('eventId') }
        const count = (await store?.redrive(filter)) ?? 0
        if (count === 0) throw words.refused(`event ${filter.eventId} is not dead for ${filter.group}`)
        return `event ${filter.eventId} will be tried again by ${filter.group}`
      },
    },
    {
      name: 'retry-saga',
      obstacle,
      act: async (body) => {
        const words = new ActionWords('retry saga', body, ['id'])
        const id = words.text('id')
        if ((await store?.find(id)) === undefined) throw words.refused(`there is no saga ${id}`)
        await store?.retry(id)
        return `saga ${id} is told to go on`
      },
    },
  ]
}
