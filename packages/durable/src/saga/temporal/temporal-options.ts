import type { Tracing } from '@watertight/telemetry'
import type { SagaDefinition } from '../definition/saga-definition.js'

export interface TemporalEngineOptions {
  /** Every definition that this process knows; older versions beside newer ones, for as long as instances of them live. */
  readonly sagas: readonly SagaDefinition[]
  /** Of Temporal's frontend. Default `127.0.0.1:7233`. */
  readonly address?: string
  /** Default `default`. */
  readonly namespace?: string
  /** Where workers find the sagas of this application. Default `watertight`. */
  readonly taskQueue?: string
  /** Steps that run at once in this process. Default 64. */
  readonly concurrency?: number
  /** Whether this process works; false for one that only starts and controls sagas. Default true. */
  readonly works?: boolean
  /** From which folder Temporal's packages are found. Default: the one that the process runs in. */
  readonly packagesFrom?: string
  /** Makes a span of every step and compensation, as of `openSagaEngine`. Default: none. */
  readonly tracing?: Tracing | undefined
  /** Hears what went wrong outside of any step. Default: nobody. */
  readonly onTrouble?: (error: unknown, sagaId?: string) => void
}
