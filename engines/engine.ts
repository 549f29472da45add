/** A real server or tool that tests are run against. */
export interface Engine {
  readonly name: string
  /** What tests start, by name; all are there, or the engine is missing. */
  readonly programs: readonly string[]
  /** Where it comes from, for people: `Debian package prometheus`. */
  readonly source: string
  /** Arguments on which the first program says its version. */
  readonly versionArguments: readonly string[]
  /** How it ends when it has said it; 0 unless it is odd. */
  readonly versionExitCode?: number
  /**
   * Puts the programs into `bin/` of the folder.
   *
   * @throws {EngineError} when this machine cannot
   */
  install(folder: string): Promise<void>
}

/** An engine that cannot be had here. The message says what to do. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code = 'WT_ENGINE'
}
