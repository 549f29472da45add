/** One request of a load. */
export interface LoadRequest {
  readonly method: string
  /** The service whose processes are asked, past gateway and sidecars. Default: the gateway. */
  readonly to?: string
  /** From `/` on, with the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a load sends: the request of each number, from 0 on. */
export interface LoadPlan {
  requestOf(number: number): LoadRequest
  /** What is sent, for people: `POST /orders`. Queries and bodies are left out: they may hold secrets. */
  readonly shown: readonly string[]
}

/** These requests in turn; one that comes `weight` times as often stands in the list as often. */
export function inTurn(requests: readonly [LoadRequest, ...LoadRequest[]]): LoadPlan {
  return {
    requestOf: (number) => requests[number % requests.length] ?? requests[0],
    shown: [...new Set(requests.map(shownRequest))],
  }
}

function shownRequest({ method, to, path }: LoadRequest): string {
  return `${method} ${to === undefined ? '' : `http://${to}`}${path.replace(/\?.*$/s, '?...')}`
}
