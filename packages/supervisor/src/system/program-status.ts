import type { ProgramKind } from '../plan/program.js'

/** How a program is at the moment. */
export type ProgramState = 'starting' | 'ready' | 'restarting' | 'crash-loop' | 'stopping' | 'stopped'

/** How one program is. */
export interface ProgramStatus {
  readonly name: string
  readonly kind: ProgramKind
  readonly service: string
  readonly state: ProgramState
  readonly pid: number | null
  readonly port: number
  /** The port where it tells how it is (`/stats/prometheus` of a proxy); null for a service, which has but one. */
  readonly admin: number | null
  readonly restarts: number
  readonly upForMs: number | null
}
