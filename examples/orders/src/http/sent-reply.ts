import type { Reply } from './routes.js'

/** A reply as it goes over the wire. */
export function sentReply({ status, headers, body }: Reply): {
  status: number
  headers: Record<string, string>
  body: string
} {
  return {
    status,
    headers: {
      'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
      ...headers,
    },
    body: body === undefined ? '' : `${JSON.stringify(body)}\n`,
  }
}
