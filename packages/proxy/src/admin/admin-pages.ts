import type { AdminSource } from './admin-facts.js'
import { clustersJson, clustersText } from './clusters.js'
import { readFaultChange } from './read-fault-change.js'

interface Asked {
  readonly method: string
  readonly query: URLSearchParams
  readonly accept: string | undefined
}

interface Answered {
  /** Default 200. */
  readonly status?: number
  /** Default plain text. */
  readonly contentType?: string
  readonly body: string
}

interface AdminPage {
  readonly about: string
  readonly methods: readonly string[]
  answer(source: AdminSource, asked: Asked): Answered | Promise<Answered>
}

const JSON_TYPE = 'application/json'
/** Tells, and changes nothing. */
const reading = ['GET', 'HEAD']

/** All that the admin listener answers, by path. The names are Envoy's, so that its tools and habits fit. */
export const adminPages: ReadonlyMap<string, AdminPage> = new Map<string, AdminPage>([
  ['/', { about: 'this list', methods: reading, answer: () => ({ body: listOfPages() }) }],
  [
    '/ready',
    {
      about: '200 while it takes requests, else 503',
      methods: reading,
      answer: async (source) =>
        (await source.ask('ready')) ? { body: 'LIVE\n' } : { status: 503, body: 'DRAINING\n' },
    },
  ],
  [
    '/stats',
    {
      about: 'counts of listeners, destinations and requests, a line each',
      methods: reading,
      answer: async (source) => ({ body: statsText(await source.ask('stats')) }),
    },
  ],
  [
    '/stats/prometheus',
    {
      about: 'all metrics, for a scrape',
      methods: reading,
      answer: (source, { accept }) => source.ask('metrics', accept),
    },
  ],
  [
    '/clusters',
    {
      about: 'each destination and how its endpoints stand; ?format=json',
      methods: reading,
      answer: async (source, { query }) => {
        const clusters = await source.ask('clusters')
        return query.get('format') === 'json'
          ? { contentType: JSON_TYPE, body: clustersJson(clusters) }
          : { body: clustersText(clusters) }
      },
    },
  ],
  [
    '/config_dump',
    {
      about: 'the document in force as JSON, without secrets',
      methods: reading,
      answer: async (source) => ({ contentType: JSON_TYPE, body: await source.ask('document') }),
    },
  ],
  [
    '/faults',
    {
      about:
        'what goes wrong on purpose; POST ?to=SERVICE&for=30s with delay=2s or status=503, share=50% starts it, DELETE ?to=SERVICE ends it',
      methods: [...reading, 'POST', 'DELETE'],
      answer: async (source, { method, query }) => {
        const change = reading.includes(method) ? undefined : readFaultChange(method, query)
        if (typeof change === 'string') return refusedFault(change)
        const { refused, ...facts } = await source.ask('faults', change && JSON.stringify(change))
        if (refused !== null) return refusedFault(refused)
        return { contentType: JSON_TYPE, body: `${JSON.stringify(facts, undefined, 2)}\n` }
      },
    },
  ],
  [
    '/tap',
    {
      about:
        'the requests that have passed since the last look, as JSON, without queries; ?since=CURSORS of that look',
      methods: reading,
      answer: async (source, { query }) => ({
        contentType: JSON_TYPE,
        body: JSON.stringify(await source.ask('tap', query.get('since') ?? undefined)),
      }),
    },
  ],
  [
    '/drain_listeners',
    {
      about: 'takes in nothing new and lets what is under way end (POST)',
      methods: ['POST'],
      answer: async (source) => {
        await source.ask('drain')
        return { body: 'OK\n' }
      },
    },
  ],
])

const refusedFault = (reason: string): Answered => ({ status: 400, body: `cannot start fault: ${reason}\n` })

/** A line each, in the order of names. */
function statsText(stats: Readonly<Record<string, number>>): string {
  const lines = Object.entries(stats).map(([name, value]) => `${name}: ${value}\n`)
  return lines.toSorted().join('')
}

function listOfPages(): string {
  return Array.from(adminPages, ([path, { about }]) => `${path}: ${about}\n`).join('')
}
