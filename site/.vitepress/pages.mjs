/** @typedef {{ title: string, pages: readonly (readonly [path: string, title: string])[] }} Section */

const part = (name, title = name) => [`packages/${name}/README.md`, title]

/**
 * Every page of the site, in the order in which one would read them; findings apart, which have a list of their own.
 * @type {readonly Section[]}
 */
export const sections = [
  {
    title: 'Start',
    pages: [
      ['README.md', 'Watertight'],
      ['docs/tutorial.md', 'Ten minutes'],
      ['examples/orders/README.md', 'The worked example'],
      ['docs/architecture.md', 'How it fits together'],
      ['docs/glossary.md', 'Glossary'],
      ['docs/compatibility.md', 'What runs where'],
    ],
  },
  {
    title: 'How to',
    pages: [
      ['docs/how-to/README.md', 'All of them'],
      ['docs/how-to/protect-one-call.md', 'Protect one call'],
      ['docs/how-to/add-a-dependency.md', 'Add a dependency'],
      ['docs/how-to/protect-a-legacy-service.md', 'Protect a legacy service'],
      ['docs/how-to/an-app-that-exists.md', 'Guard an app that exists'],
      ['docs/how-to/databases-and-queues.md', 'Databases and queues'],
      ['docs/how-to/choose-thresholds.md', 'Choose thresholds'],
      ['docs/how-to/test-a-fallback.md', 'Test a fallback'],
      ['docs/how-to/prometheus-grafana-opentelemetry.md', 'Prometheus, Grafana, OpenTelemetry'],
      ['docs/how-to/read-the-console-in-an-incident.md', 'Read the console in an incident'],
      ['docs/how-to/load-watch-and-drill.md', 'Load, watch and drill'],
      ['docs/how-to/from-embedded-to-engines.md', 'From embedded to Postgres, Kafka, Temporal and Envoy'],
      ['packages/durable/docs/make-a-post-safe-to-retry.md', 'Make a POST safe to retry'],
      ['packages/durable/docs/write-a-saga.md', 'Write a saga'],
      ['packages/durable/docs/publish-with-the-outbox.md', 'Publish with the outbox'],
      ['packages/durable/docs/consume-events.md', 'Consume events'],
      ['packages/durable/docs/build-a-read-model.md', 'Build a read model'],
      [
        'packages/durable/docs/from-embedded-to-postgres-kafka-and-temporal.md',
        'From embedded to Postgres, Kafka, Temporal',
      ],
      ['docs/envoy.md', 'Run the document on Envoy'],
    ],
  },
  {
    title: 'Move here',
    pages: [
      ['docs/migration/README.md', 'Guides'],
      ['docs/migration/from-cockatiel.md', 'From cockatiel'],
      ['docs/migration/from-opossum.md', 'From opossum'],
      ['docs/migration/from-resilience4j.md', 'From Resilience4j'],
      ['docs/migration/from-istio.md', 'From Istio'],
      ['docs/migration/from-envoy.md', 'From Envoy'],
      ['docs/migration/from-dapr.md', 'From Dapr'],
    ],
  },
  {
    title: 'The document and the command',
    pages: [
      part('cli', 'The command'),
      ['packages/manifest/docs/format.md', 'The format of watertight.yaml'],
      ['packages/manifest/docs/findings/README.md', 'Findings of check'],
      part('supervisor', 'watertight up'),
      part('console', 'The console'),
      part('proxy', 'Gateway and sidecar'),
      ['packages/proxy/docs/hostile-requests.md', 'Hostile requests'],
      part('deploy', 'Envoy'),
      part('import', 'Import'),
    ],
  },
  {
    title: 'In code',
    pages: [
      part('policy'),
      ['packages/policy/docs/circuit-breaker.md', 'The circuit breaker'],
      part('http'),
      part('telemetry'),
      part('durable'),
      part('manifest'),
      part('traffic'),
    ],
  },
  {
    title: 'Public names',
    pages: [
      'policy',
      'http',
      'telemetry',
      'durable',
      'manifest',
      'traffic',
      'proxy',
      'deploy',
      'import',
      'supervisor',
      'console',
    ].map((name) => [`packages/${name}/api.md`, name]),
  },
  {
    title: 'Inside',
    pages: [
      ['ARCHITECTURE.md', 'Architecture'],
      ['docs/life-of-a-call.md', 'The life of a call'],
      ['docs/choices.md', 'Choices'],
      ['packages/proxy/docs/http1-codec.md', 'The HTTP/1.1 codec'],
      ['packages/proxy/docs/http2-codec.md', 'The HTTP/2 codec'],
      ['docs/conformance.md', 'Conformance'],
      ['conformance/README.md', 'Conformance tests'],
      ['packages/durable/docs/what-is-tried.md', 'What is tried on durable'],
      ['engines/README.md', 'Engines'],
      ['benchmarks/README.md', 'Benchmarks'],
      ['CONTRIBUTING.md', 'Contributing'],
      ['STYLE.md', 'Style'],
      ['CHANGELOG.md', 'Changes'],
      ['SECURITY.md', 'Security'],
    ],
  },
]

/** Pages that are reached from their list, and not from the side. */
export const isFinding = (path) => path.startsWith('packages/manifest/docs/findings/WT-')

/** The address of a page below the root of the site. */
export const addressOf = (path) => `/${path.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, '.html')}`
