import { expect, test } from 'vitest'
import { clientOptions } from './client-options.js'
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
  const unencoded = openKafka({ url: 'kafka://me:pa/s@s@one:9092' })
  await expect(unencoded).rejects.toThrow('got "kafka://***@one:9092"')
})

test('kafkas:// speaks TLS and says who it is; kafka:// does neither', () => {
  const tls = { ca: 'of our own' }
  expect(clientOptions({ url: 'kafkas://me:p%40ss@one:9094', tls })).toMatchObject({
    tls,
    tlsServerName: true,
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'p@ss' },
  })
  const plain = clientOptions({ url: 'kafka://me:secret@one:9092', saslMechanism: 'PLAIN' })
  expect(plain).toMatchObject({ sasl: { mechanism: 'PLAIN', username: 'me', password: 'secret' } })
  expect(plain).not.toHaveProperty('tls')
  expect(clientOptions({ url: 'kafka://one:9092' })).not.toHaveProperty('sasl')
})
