import type * as kafka from '@platformatic/kafka'
import { BrokerError } from '../errors.js'

export type Kafka = typeof kafka

/** @throws {BrokerError} with code `WT_BROKER_MISSING_PACKAGE` when the client is not installed */
export async function loadKafka(): Promise<Kafka> {
  try {
    return await import('@platformatic/kafka')
  } catch (cause) {
    throw new BrokerError(
      'WT_BROKER_MISSING_PACKAGE',
      'cannot open Kafka: @platformatic/kafka must be installed; npm install @platformatic/kafka@2 on Node 22.22 or later, ' +
        '@1.22 on those before',
      { cause },
    )
  }
}
