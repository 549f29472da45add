import type { Position } from '../../outbox/position.js'

/**
 * Marks a position as an offset of Kafka. It lies behind every transaction of a Postgres, so that what a group of the log
 * of its store has set aside stays in front of what it reads of the same keys once it has moved to Kafka.
 */
export const KAFKA: number = 2 ** 52

export const isKafkaPosition = ({ transaction }: Position): boolean => transaction === KAFKA

/** The position at an offset: of the last event that was dealt with. */
export const kafkaPosition = (offset: bigint | number): Position => ({
  transaction: KAFKA,
  id: Number(offset),
})
