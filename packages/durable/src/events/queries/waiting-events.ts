import type { Store } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const text = `
  select attempts > 0 or error is not null as "wasTried", event::text as event from watertight.parked_event
  where group_name = $1 and topic = $2 and partition = $3 and key = $4 and (transaction, id) > ($5, $6)
  order by transaction, id limit $7`

/** The events that wait behind the first of their key, up to one that was tried before. */
export async function waitingEvents(
  store: Store,
  group: string,
  topic: string,
  { first, limit }: { readonly first: EventRecord; readonly limit: number },
): Promise<EventRecord[]> {
  const { partition, key, transaction, id } = first
  const values = [group, topic, partition, key, transaction, id, limit]
  const { rows } = await store.query<{ wasTried: boolean; event: string }>(text, values)
  const tried = rows.findIndex(({ wasTried }) => wasTried)
  return rows
    .slice(0, tried === -1 ? rows.length : tried)
    .map(({ event }) => JSON.parse(event) as EventRecord)
}
