import type { ServerResponse } from 'node:http'

/** A whole answer that the guard gives in the handler's place. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a problem's answer tells besides its status. */
export interface ProblemDetails {
  /** Stable: `WT_OVERLOADED`. Its kebab-case form names the problem type. */
  readonly code: string
  readonly detail: string
  readonly requestId?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** An `application/problem+json` answer (RFC 9457). */
export function problemAnswer(status: number, problem: ProblemDetails): Answer {
  const { code, detail, requestId, headers } = problem
  const name = code.slice(3).toLowerCase()
  const body = {
    type: `urn:watertight:problem:${name.replaceAll('_', '-')}`,
    title: name.replaceAll('_', ' '),
    status,
    code,
    detail,
    requestId,
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(body)}\n`,
  }
}

/** Sends the answer, unless another one is under way. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
