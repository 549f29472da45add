import { describe, expect, it } from 'vitest'
import { explainEvent } from '../src/explain/explain-event.js'
import { renderEvent } from '../src/explain/render-event.js'
import { checkManifest } from '../src/findings/check-manifest.js'
import { renderGraph } from '../src/graph/render-graph.js'
import { readManifest } from '../src/reading/read-manifest.js'

const stores = 'stores: { a: { env: A_URL }, b: { env: B_URL } }'
const services = (publisher: string, consumer: string): string =>
  `services: { order: { ${publisher}, publishes: [placed] }, shipping: { ${consumer}, consumes: { placed: { idempotent: inbox } } } }`
const documentOf = (...lines: string[]): string => ['watertight: v1', 'system: shop', ...lines, ''].join('\n')

function messages(text: string, code: string): string[] {
  return checkManifest(text)
    .findings.filter((finding) => finding.code === code)
    .map(({ message }) => message)
}

describe('what carries events', () => {
  it.each([
    ['a name that there is not', 'rabbit', 'must be postgres, kafka, or a URL that begins with kafka://'],
    [
      'the URL of something else',
      'amqp://rabbit',
      'must be postgres, kafka, or a URL that begins with kafka://',
    ],
    ['both a URL and a variable', '{ url: kafka://k:9092, env: KAFKA_URL }', 'exactly one of url and env'],
    ['a store', '{ url: postgres://main }', 'must be postgres, kafka, or a URL that begins with kafka://'],
  ])('is refused when it is %s', (_story, broker, allowed) => {
    const { findings } = checkManifest(documentOf(`broker: ${broker}`, 'services: { a: {} }'))
    const [finding] = findings.filter(({ severity }) => severity === 'error')
    expect(finding?.message).toContain(allowed)
    expect(finding?.line).toBe(3)
  })

  it.each([
    ['postgres', 0],
    ['kafka', 1],
    ['kafka://k1:9092,k2:9092', 0],
    ['{ env: KAFKA_URL }', 0],
  ])('%s: %i findings of a missing address', (broker, count) => {
    const text = documentOf(`broker: ${broker}`, 'services: { a: {} }')
    expect(messages(text, 'WT-DATA-BROKER-NO-ADDRESS')).toHaveLength(count)
  })

  it('keeps its password out of the document', () => {
    const text = documentOf('broker: kafka://shop:secret@k:9092', 'services: { a: {} }')
    expect(messages(text, 'WT-DATA-STORE-PASSWORD')).toEqual([
      'the URL of the broker has a password in it, and whoever reads this document has it too',
    ])
  })
})

describe('an event that is out of reach', () => {
  it.each([
    ['in one store', 'broker: postgres', 'store: a', 'store: a', 0],
    ['from store to store by the log of one', 'broker: postgres', 'store: a', 'store: b', 1],
    ['from store to store by Kafka', 'broker: { env: K }', 'store: a', 'store: b', 0],
    ['when the code says what carries it', 'reviewed: 2026-11-29', 'store: a', 'store: b', 0],
  ])('%s', (_story, broker, publisher, consumer, count) => {
    const text = documentOf(broker, stores, services(`${publisher}, outbox: { relay: self }`, consumer))
    expect(messages(text, 'WT-DATA-EVENT-OUT-OF-REACH')).toHaveLength(count)
  })
})

describe('an outbox without a relay', () => {
  it.each([
    ['is right where consumers read it themselves', 'broker: postgres', 0],
    ['is none where Kafka carries events', 'broker: { env: K }', 1],
    ['is none where nothing is said', 'reviewed: 2026-11-29', 1],
  ])('%s', (_story, broker, count) => {
    const text = documentOf(broker, stores, services('store: a, outbox: {}', 'store: a'))
    expect(messages(text, 'WT-DATA-OUTBOX-NOT-RELAYED')).toHaveLength(count)
  })
})

it('explain and graph show what carries an event', () => {
  const text = documentOf(
    'broker: kafka://shop:secret@k:9092',
    stores,
    services('store: a, outbox: { relay: self }', 'store: b'),
  )
  const { system, source } = readManifest(text, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  const explained = explainEvent({ ...system, source }, 'placed')
  expect(renderEvent(explained)).toContain('  carried    by kafka at kafka://***@k:9092\n')
  const graph = renderGraph(system.model, 'mermaid')
  expect(graph).toContain('-.->|"kafka"|')
  expect(graph).toContain('-.->|"inbox"|')
})
