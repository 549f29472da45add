import { Problem } from './problem.js'
import { MethodNotAllowed, type Reply } from './routes.js'

/** What a handler answers, or the problem that it throws. Any other error is a 500, which `onFailure` hears of. */
export async function replyOf(
  handle: () => Reply | Promise<Reply>,
  onFailure: (error: unknown) => void,
): Promise<Reply> {
  try {
    return await handle()
  } catch (error) {
    if (error instanceof Problem) return problemReply(error)
    onFailure(error)
    return problemReply(new Problem(500, 'internal-error', 'something went wrong here; the log says what'))
  }
}

function problemReply(problem: Problem): Reply {
  const seconds = problem.details.retryAfterSeconds
  return {
    status: problem.status,
    body: problem.body(),
    headers: {
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(problem instanceof MethodNotAllowed ? { allow: problem.allow } : {}),
    },
  }
}
