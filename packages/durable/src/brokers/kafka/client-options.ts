import type { BaseOptions } from '@platformatic/kafka'
import { type KafkaOptions, readKafkaUrl } from './kafka-options.js'

/** What every client of the package is made of. It repeats nothing by itself, but for a producer that is idempotent. */
export function clientOptions(options: KafkaOptions): BaseOptions {
  const { brokers, isSecure, user } = readKafkaUrl(options.url)
  const { clientId = 'watertight', saslMechanism = 'SCRAM-SHA-512', tls = {}, deadlineMs = 5_000 } = options
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    timeout: deadlineMs,
    connectTimeout: deadlineMs,
    retries: 0,
    // A topic that somebody asks about must not come to be, with as many partitions as the broker likes.
    autocreateTopics: false,
    ...(isSecure && { tls, tlsServerName: true }),
    ...(user !== undefined && {
      sasl: { mechanism: saslMechanism, username: user.name, password: user.password },
    }),
  }
}
