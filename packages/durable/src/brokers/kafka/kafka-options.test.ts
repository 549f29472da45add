import { expect, test } from 'vitest'
import { openKafka } from './kafka-broker.js'
import { readKafkaUrl } from './kafka-options.js'

test.each([
  ['kafka://one:9092', { brokers: ['one:9092'], isSecure: false }],
  ['kafka://one,two:9093/', { brokers: ['one:9092', 'two:9093'], isSecure: false }],
  ['kafka://[::1]:9092', { brokers: ['[::1]:9092'], isSecure: false }],
  [
    'kafkas://me:p%40ss@one:9094',
    { brokers: ['one:9094'], isSecure: true, user: { name: 'me', password: 'p@ss' } },
  ],
])('%s', (url, address) => {
  expect(readKafkaUrl(url)).toEqual(address)
})

test.each(['kafka://', 'kafka:one', 'http://one:9092', 'kafka://one:port', 'kafka://one/topic'])(
  '%s is refused',
  (url) => {
    expect(() => readKafkaUrl(url)).toThrow(
      /^cannot open Kafka: url must be kafka:\/\/host:port,host:port, got /,
    )
  },
)

test('a password is never shown', async () => {
  const refused = openKafka({ url: 'kafka://me:secret@one:9092/topic' })
  await expect(refused).rejects.toThrow('got "kafka://***@one:9092/topic"')
})
