export * from './idempotency/index.js'
export type { ConsumeOptions, Consumer } from './events/consume.js'
export { consume } from './events/consume.js'
export type { DeadLetter, DeadLetterFilter } from './events/dead-letter.js'
export { deadLetters, discardDeadLetters, redriveDeadLetters } from './events/dead-letters.js'
export { FencedError } from './events/errors.js'
export type { ReceivedEvent } from './events/received-event.js'
export * from './saga/index.js'
export type { MigrateOptions, MigrationStatus } from './migrations/migrate.js'
export { migrate, migrationStatus } from './migrations/migrate.js'
export type { DataOf, EventType, EventTypes } from './outbox/event-type.js'
export type { PartitionPosition, Position } from './outbox/position.js'
export type { PublishedPosition } from './outbox/publish.js'
export { publish } from './outbox/publish.js'
export type { Schema } from './outbox/schema.js'
export type { NewEvent, Topic, TopicOptions } from './outbox/topic.js'
export { defineTopic } from './outbox/topic.js'
export type { StoreErrorCode } from './store/errors.js'
export { StoreError } from './store/errors.js'
export type { OpenStoreOptions } from './store/open-store.js'
export { openStore } from './store/open-store.js'
export type { PGliteStoreOptions } from './store/pglite/pglite-store.js'
export { PGliteStore } from './store/pglite/pglite-store.js'
export type { PostgresStoreOptions } from './store/postgres/postgres-store.js'
export { PostgresStore } from './store/postgres/postgres-store.js'
export type {
  QueryOptions,
  Rows,
  Store,
  StoreTransaction,
  Transaction,
  TransactionOptions,
} from './store/store.js'
