import { callOf } from '../../store/calls.js'
import type { EventRow } from '../event-row.js'
import type { Insertion } from '../insertion.js'

// Each value that is sent costs about as much as a column that is written: those that few events have are sent by them alone.
const publishPlain = 'watertight.publish_plain_event($1, $2, $3, $4, $5, $6, $7, $8, $9)'
const hint = `pg_notify('watertight', $1)`
const plain = callOf(publishPlain, 'position')
const plainHinted = callOf(`${hint}, ${publishPlain}`, 'position')
const position = `transaction || ':' || id as position
  from watertight.publish_event($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $9, false)`
const whole = `select ${position}`
const wholeHinted = `select ${hint}, ${position}`

export interface InsertedEvent {
  readonly topic: string
  readonly source: string
  readonly event: EventRow
  /** Whether to tell those who listen, at the commit. */
  readonly hint: boolean
}

/** Writes one event: what most transactions publish. */
export function insertEvent({ topic, source, event, hint: mayHint }: InsertedEvent): Insertion {
  const { partition, eventId, key, type, version, subject, data } = event
  const few = [event.occurredAt, event.traceParent, event.traceState]
  const isPlain = key !== null && few.every((value) => value === null)
  const values = [topic, partition, eventId, key, type, version, source, subject, data]
  return {
    text: isPlain ? (mayHint ? plainHinted : plain) : mayHint ? wholeHinted : whole,
    values: isPlain ? values : [...values, ...few],
    placesOf: (rows) => {
      const [row] = rows as { position: string }[]
      const [number, id] = (row?.position ?? '').split(':')
      return [{ transaction: Number(number), id: Number(id) }]
    },
  }
}
