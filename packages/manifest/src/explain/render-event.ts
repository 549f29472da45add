import { paintAnsi, paintNothing } from '../findings/paint.js'
import type { EventExplanation } from './explain-event.js'
import type { ExplanationOptions } from './render-explanation.js'
import { renderValueTable } from './render-value-table.js'

/** An event for people: what it is, who publishes it, and how each of those who take it does so. */
export function renderEvent(explanation: EventExplanation, options: ExplanationOptions = {}): string {
  const paint = options.colour === true ? paintAnsi : paintNothing
  const width = Math.max(40, options.width ?? 80)
  const { file, event, declared, broker, topic, key, schema, version, publishers, consumers } = explanation
  const order = key === null ? 'none that the document names' : `of one ${key}`
  const lines = [
    paint(`event ${event}`, 'bold'),
    `  declared   ${declared}`,
    ...(broker === null ? [] : [`  carried    by ${broker}`]),
    `  topic      ${topic}`,
    `  schema     ${schema ?? 'not said'}, version ${version}`,
    `  in order   ${order}`,
    ...(publishers.length === 0 ? [`  published  ${paint('by nobody', 'warning')}`] : []),
    ...publishers.map(({ service, store, relay }) => {
      const from = store === null ? '' : ` from its store ${store}`
      const how =
        relay === null
          ? 'without an outbox'
          : broker === 'postgres'
            ? 'read where it is written'
            : relayed(relay)
      return `  published  by ${service}${from}, ${how}`
    }),
    ...(consumers.length === 0 ? [`  consumed   ${paint('by nobody', 'warning')}`] : []),
  ]
  for (const { service, store, secondDelivery, deadLetter, values } of consumers) {
    const where = store === null ? '' : `, in its store ${store}`
    lines.push('', `  consumed   by ${paint(service, 'bold')}${where}`)
    lines.push(
      `  a second   ${secondDelivery}`,
      `  dead ones  ${deadLetter ?? 'no queue that the document names'}`,
    )
    lines.push(...renderValueTable(`values from ${file}, by line`, values, { file, paint, width }))
  }
  return `${lines.join('\n')}\n`
}

function relayed(relay: string): string {
  return relay === 'none' ? 'relayed by nobody' : `relayed by ${relay}`
}
