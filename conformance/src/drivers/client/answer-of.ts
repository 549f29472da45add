import type { Failure } from '../../scenario/step-schema.js'
import type { Answer } from '../driver.js'

/** The codes of the client's errors in the words of scenarios. */
const FAILURE_OF_CODE: Readonly<Record<string, Failure>> = {
  WT_TIMEOUT: 'timeout',
  WT_ATTEMPT_TIMEOUT: 'timeout',
  WT_HEADERS_TIMEOUT: 'timeout',
  WT_BODY_TIMEOUT: 'timeout',
  WT_CONNECT: 'connect-failure',
  WT_CONNECT_TIMEOUT: 'connect-failure',
  WT_TLS: 'connect-failure',
  WT_REFUSED_STREAM: 'refused-stream',
  WT_RESET: 'reset',
  WT_PROTOCOL: 'protocol-error',
  WT_RESPONSE_TOO_LARGE: 'protocol-error',
  WT_CIRCUIT_OPEN: 'circuit-open',
  WT_BULKHEAD_FULL: 'overflow',
  WT_OVERLOADED: 'overflow',
  WT_RATE_LIMITED: 'rate-limited',
  WT_NO_ENDPOINT: 'no-endpoint',
  WT_CLOSED: 'closed',
}

/** Reads an answer to its end, or to where it is cut. */
export async function answerOf(response: Response, onBody: () => void): Promise<Answer> {
  const head = { outcome: response.status, headers: Object.fromEntries(response.headers) }
  const decoder = new TextDecoder()
  let body = ''
  try {
    for await (const bytes of response.body ?? []) {
      body += decoder.decode(bytes as Uint8Array, { stream: true })
      onBody()
    }
    return { ...head, body, cut: undefined, detail: `status ${response.status}` }
  } catch (error) {
    return { ...head, body, cut: wordOf(error), detail: `status ${response.status}, then ${String(error)}` }
  }
}

export function failureOf(error: unknown): Answer {
  return { outcome: wordOf(error), headers: {}, body: '', cut: undefined, detail: String(error) }
}

/** An error of `fetch` may be wrapped, with ours as its cause. */
function wordOf(error: unknown): Failure | 'unknown' {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'AbortError') return 'aborted'
  const { code } = error as { readonly code?: unknown }
  const word = typeof code === 'string' ? FAILURE_OF_CODE[code] : undefined
  return word ?? wordOf(error.cause)
}
