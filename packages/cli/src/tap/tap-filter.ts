import type { TappedRequest } from '@watertight/proxy'
import { wrongWord } from '../program/wrong-word.js'

export interface TapFilterOptions {
  readonly method?: string
  readonly path?: string
  readonly status?: string
}

/** Which requests somebody wants to see. */
export function tapFilter({ method, path, status }: TapFilterOptions): (request: TappedRequest) => boolean {
  const methods = method?.toUpperCase().split(',')
  const statuses = status?.split(',').map(statusMatch)
  return (request) =>
    (methods?.includes(request.method) ?? true) &&
    (path === undefined || request.path.startsWith(path)) &&
    (statuses?.some((matches) => matches(request.status)) ?? true)
}

function statusMatch(text: string): (status: number) => boolean {
  const [, hundred] = /^([1-5])xx$/i.exec(text) ?? []
  if (hundred !== undefined) return (status) => Math.floor(status / 100) === Number(hundred)
  if (/^([1-5]\d\d|0)$/.test(text)) return (status) => status === Number(text)
  throw wrongWord(`cannot tap: --status must be such as 503 or 5xx, or several with commas, got ${text}`)
}
