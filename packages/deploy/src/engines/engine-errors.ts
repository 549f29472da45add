/** A program of an engine that is nowhere here. The message says where it was looked for, and how it is had. */
export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError'
  readonly code = 'WT_ENGINE_MISSING'
  readonly engine: string

  constructor(engine: string, program: string, source: string) {
    super(
      `cannot start ${engine}: there is no program ${program}, neither in bin of the folder for engines ` +
        `(WATERTIGHT_ENGINES, else ~/.cache/watertight/engines) nor on PATH; it comes with ${source}`,
    )
    this.engine = engine
  }
}

/** An engine that did not get ready. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError'
  readonly code = 'WT_ENGINE_START'

  /** @param words what it said last */
  constructor(engine: string, reason: string, words: readonly string[] = []) {
    super(`cannot start ${engine}: ${reason}${words.length === 0 ? '' : `: ${words.slice(-8).join(' | ')}`}`)
  }
}
