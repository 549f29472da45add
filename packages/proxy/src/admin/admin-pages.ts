import type { AdminSubject } from './admin-subject.js'
import { clustersJson, clustersText } from './clusters.js'
import { configDump } from './config-dump.js'
import { statsText } from './stats-text.js'

interface Asked {
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
  answer(subject: AdminSubject, asked: Asked): Answered
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
      answer: ({ ready }) => (ready ? { body: 'LIVE\n' } : { status: 503, body: 'DRAINING\n' }),
    },
  ],
  [
    '/stats',
    {
      about: 'counts of listeners, destinations and requests, a line each',
      methods: reading,
      answer: (subject) => ({ body: statsText(subject) }),
    },
  ],
  [
    '/stats/prometheus',
    {
      about: 'all metrics, for a scrape',
      methods: reading,
      answer: ({ telemetry }, { accept }) => telemetry.expose(accept),
    },
  ],
  [
    '/clusters',
    {
      about: 'each destination and how its endpoints stand; ?format=json',
      methods: reading,
      answer: ({ pool }, { query }) =>
        query.get('format') === 'json'
          ? { contentType: JSON_TYPE, body: clustersJson(pool.destinations) }
          : { body: clustersText(pool.destinations) },
    },
  ],
  [
    '/config_dump',
    {
      about: 'the document in force as JSON, without secrets',
      methods: reading,
      answer: ({ model }) => ({ contentType: JSON_TYPE, body: configDump(model.document) }),
    },
  ],
  [
    '/drain_listeners',
    {
      about: 'takes in nothing new and lets what is under way end (POST)',
      methods: ['POST'],
      answer: (subject) => {
        void subject.drainListeners()
        return { body: 'OK\n' }
      },
    },
  ],
])

function listOfPages(): string {
  return Array.from(adminPages, ([path, { about }]) => `${path}: ${about}\n`).join('')
}
