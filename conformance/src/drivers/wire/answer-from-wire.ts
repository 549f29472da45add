import type { Readable } from 'node:stream'
import type { Failure } from '../../scenario/step-schema.js'
import type { Answer } from '../driver.js'

type Headers = Readonly<Record<string, string | string[] | number | undefined>>

/** Reads an answer to its end, or to where it is cut. */
export async function answerFromWire(
  status: number,
  headers: Headers,
  incoming: Readable,
  onBody: () => void,
): Promise<Answer> {
  const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  const head = {
    outcome: status,
    headers: Object.fromEntries(plain.map(([name, value]) => [name, String(value)])),
    detail: `status ${status}`,
  }
  let body = ''
  try {
    for await (const bytes of incoming) {
      body += (bytes as Buffer).toString()
      onBody()
    }
    return { ...head, body, cut: undefined }
  } catch (error) {
    return { ...head, body, cut: 'broken', detail: `${head.detail}, then ${String(error)}` }
  }
}

/** There is no answer, since the connection or its callee failed. */
export function failureOnWire(error: Error): Answer {
  return { outcome: wordOf(error), headers: {}, body: '', cut: undefined, detail: String(error) }
}

function wordOf({ name, message, code = '' }: NodeJS.ErrnoException): Exclude<Answer['outcome'], number> {
  if (name === 'AbortError') return 'aborted'
  // A stream that waits for its connection is told of it in words.
  if (code === 'ECONNREFUSED' || message.includes('connect ECONNREFUSED')) return 'connect-failure'
  if (code === 'ERR_HTTP2_STREAM_ERROR' && message.includes('REFUSED_STREAM')) return 'refused-stream'
  if (code === 'ECONNRESET' || code.startsWith('ERR_HTTP2_')) return 'reset'
  return code.startsWith('HPE_') ? 'protocol-error' : 'unknown'
}

/** What the flags of a proxy mean where the answer has the status of its own. */
const FAILURE_OF_FLAG: readonly (readonly [flag: string, status: number, failure: Failure])[] = [
  ['UT', 504, 'timeout'],
  ['UF', 503, 'connect-failure'],
  ['UC', 503, 'reset'],
  ['UR', 503, 'reset'],
  ['UPE', 502, 'protocol-error'],
  ['UO', 503, 'overflow'],
  ['UH', 503, 'no-endpoint'],
  ['RL', 429, 'rate-limited'],
]

/**
 * What an answer through a proxy is in the words of scenarios: that of the callee, or why there is none. The proxy tells
 * the latter by a status and by Envoy's response flags, which its driver finds in the access log or in a header.
 */
export function proxiedAnswer(answer: Answer, flags: readonly string[]): Answer {
  const known = FAILURE_OF_FLAG.find(([flag, status]) => flags.includes(flag) && answer.outcome === status)
  return known === undefined ? { ...answer, flags } : { ...answer, flags, outcome: known[2] }
}
