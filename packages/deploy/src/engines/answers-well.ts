const ANSWER_MS = 1_000

/** Whether a server says by its status that all is well. */
export async function answersWell(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.ok
    },
    () => false,
  )
}
