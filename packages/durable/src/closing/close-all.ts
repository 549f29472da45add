/** Resolves once all have closed, however that ended; then throws the first error that one of them had. */
export async function closeAll(closing: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(closing)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Closes one after the other, also behind one that could not be; then throws the first error that one of them had. */
export async function closeInTurn(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const close of closers) await close().catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
