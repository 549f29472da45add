/** Bounds on what is read, so that a hostile or broken document costs a bounded time and memory. */
export const SOURCE_LIMITS = {
  bytesMax: 2_097_152,
  depthMax: 64,
  tokensMax: 1_000_000,
  documentsMax: 1_000,
  aliasedNodesMax: 20_000,
  problemsMax: 100,
} as const
