/** How many runs a hedge starts beside the first when nothing is said. */
export const hedgeDefaults = {
  extra: 1,
} as const
