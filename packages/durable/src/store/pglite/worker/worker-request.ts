import type { Statement } from '../../statement.js'

export interface WorkerSettings {
  /** The module of PGlite, by its path. */
  readonly modulePath: string
  /** Where the data is kept; in memory without. */
  readonly folder?: string
  /** Whether there is no database yet. */
  readonly isNew: boolean
}

export type WorkerRequest =
  | { readonly id: number; readonly type: 'query'; readonly text: string; readonly values: unknown[] }
  | { readonly id: number; readonly type: 'execute'; readonly text: string }
  /** In a transaction of their own; answered by the rows of each. */
  | { readonly id: number; readonly type: 'batch'; readonly statements: readonly Statement[] }
  /** Messages of the wire protocol, as they are; answered in kind. */
  | { readonly id: number; readonly type: 'protocol'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly type: 'listen' | 'unlisten'; readonly channel: string }
  | { readonly id: number; readonly type: 'close' }

/** What of an error gets through to the other thread. */
export interface WorkerFailure {
  readonly message: string
  /** The state of SQL, five letters, when the database has refused; the system's word when the disk has: `ENOSPC`. */
  readonly code?: string
  readonly detail?: string
  readonly constraint?: string
}

export type WorkerReply =
  | { readonly type: 'done'; readonly id: number; readonly rows: unknown[] }
  | { readonly type: 'failed'; readonly id: number; readonly failure: WorkerFailure }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string }
