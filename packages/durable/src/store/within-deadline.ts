/**
 * Settles as `work` does, unless `deadlineMs` passes first; what `work` comes to after that is dropped. The timer keeps
 * the process alive, since it may be all that is left of the wait.
 */
export async function withinDeadline<Result>(
  work: Promise<Result>,
  deadlineMs: number,
  late: () => unknown,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs)
  })
  // Whoever lost the race must not end the process by a rejection that nobody hears.
  work.catch(() => {})
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
