/** A question to the console that got no good answer; the message is for people. */
export class AskError extends Error {
  override readonly name = 'AskError'
  /** The HTTP status; 0 when nothing answered. */
  readonly status: number
  readonly hint: string | null

  constructor(message: string, status: number, hint: string | null = null) {
    super(message)
    this.status = status
    this.hint = hint
  }
}

const DEADLINE_MS = 10_000

/** Reads JSON from the console's API. */
export async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => {
    throw new AskError('the console does not answer', 0)
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer as Answer
  const { error, hint } = (answer ?? {}) as { error?: string; hint?: string | null }
  throw new AskError(error ?? `the console answered ${response.status}`, response.status, hint ?? null)
}
