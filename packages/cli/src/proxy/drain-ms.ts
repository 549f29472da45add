/** What is under way in a proxy gets so long to end once it is told to stop. */
export const DRAIN_MS = 30_000
