export * from './idempotency/index.js'
export * from './saga/index.js'
export type { MigrateOptions, MigrationStatus } from './migrations/migrate.js'
export { migrate, migrationStatus } from './migrations/migrate.js'
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
