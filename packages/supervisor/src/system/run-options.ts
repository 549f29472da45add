import type { SystemModel } from '@watertight/manifest'
import type { PortWishes } from '../plan/run-ports.js'
import type { RunEvent } from './run-event.js'

/** What to run, and how. */
export interface RunOptions {
  /** The document that people edit. */
  readonly file: string
  readonly text: string
  readonly system: SystemModel
  /** Where the run keeps its documents, certificates, stores and data. Default: `.watertight` beside the document. */
  readonly folder?: string
  /** Starts `watertight`; the words that it is to take follow. */
  readonly watertight: readonly [string, ...string[]]
  /** Which ports are wanted, where those of the document are not. */
  readonly ports?: PortWishes
  /** Services that are planned, with their ports, and not started: somebody else does, or they stay away. */
  readonly without?: readonly string[]
  /** What services are told besides, as variables of their environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where all programs send their spans, by OTLP over HTTP as JSON: `http://127.0.0.1:4717/v1/traces`. Default: not told. */
  readonly tracesUrl?: string | undefined
  /** Hears of everything that happens. */
  readonly onEvent: (event: RunEvent) => void
  /** How often the use of the processor is looked at for `scale.cpu`. Default 15 s. */
  readonly scaleEveryMs?: number
}
