import type { Profile } from '@watertight/manifest'

/** What a console reads from, and where it listens. */
export interface ConsoleOptions {
  /** The document that people edit; a run of it is found in `.watertight` beside it. */
  readonly manifest?: string
  /** What changes that document for the system that is shown. Default: nothing does. */
  readonly profile?: Pick<Profile, 'read'>
  /** Where the run of that document keeps what it needs. Default: `.watertight` beside it. */
  readonly folder?: string
  /** 0 for any. Default 4717. */
  readonly port?: number
  /** Default 127.0.0.1: whoever can reach it can read all that it shows. */
  readonly host?: string
  /** What changes have to be asked with. Default: a new one. */
  readonly token?: string
  /** Admin listeners of proxies: `http://127.0.0.1:9901`. */
  readonly admins?: readonly string[]
  /** A Prometheus that scrapes the system: `http://127.0.0.1:9090`. Metrics come from it alone then. */
  readonly prometheus?: string
  /** Jaeger's query API: `http://127.0.0.1:16686`. Default: that of the run, and without one what is sent here by OTLP. */
  readonly traces?: string
  /**
   * Postgres or PGlite: `postgres://user@host/database`, `pglite:FOLDER`. One that is served only once the system runs is given
   * by a function, which rejects until then and is asked again.
   */
  readonly store?: string | (() => Promise<string>)
  /** How often everything is looked at. Default 1000. */
  readonly stepMs?: number
  /** What has not answered by then is reported as failing. Default 2000. */
  readonly deadlineMs?: number
}

export const CONSOLE_PORT = 4717
