import { consumerLag, listTopics, type Store } from '@watertight/durable'
import { nearestSpelling } from '@watertight/policy/options'
import type { EventsOptions } from './events-options.js'

/** What is told where nothing was found: that a name is not known, if that is why; else `nothing`, and of what. */
export async function nothingFound(
  store: Store,
  { group, topic, key, event }: EventsOptions,
  nothing: string,
): Promise<string> {
  const lags = await consumerLag(store)
  const groups = new Set(lags.map((lag) => lag.group))
  const topics = new Set([...(await listTopics(store)), ...lags.map((lag) => lag.topic)])
  for (const [kind, name, known] of [
    ['group', group, [...groups]],
    ['topic', topic, [...topics]],
  ] as const)
    if (name !== undefined && !known.includes(name)) return strange(kind, name, known)
  const of = Object.entries({ group, topic, key, event }).filter(([, value]) => value !== undefined)
  const where = of.map(([name, value]) => `${name} ${value}`).join(', ')
  return where === '' ? `${nothing}\n` : `${nothing} of ${where}\n`
}

function strange(kind: string, name: string, known: readonly string[]): string {
  const near = nearestSpelling(name, known)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return `there is no ${kind} ${name}; there are ${known.toSorted().join(', ') || 'none'}${hint}\n`
}
