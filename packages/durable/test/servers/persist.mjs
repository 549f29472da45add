const DEADLINE_MS = 60_000

/** Until it works: a database that was lost is tried again, as a service would. */
export async function persist(work) {
  for (const until = performance.now() + DEADLINE_MS; ;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
