import { systemClock } from '@watertight/policy/decisions'
import type { LoggedRequest } from '../access-log/access-log.js'

/** One request that has passed, for whoever looks on. Queries are left out: they may hold secrets. */
export interface TappedRequest {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number
  /** `in`: to the service, or to the gateway; `out`: what the process of the service asks of others. */
  readonly direction: 'in' | 'out'
  readonly method: string
  readonly path: string
  /** What the caller got; 0 where it left before. */
  readonly status: number
  readonly durationMs: number
  /** The address of the caller. */
  readonly from: string
  /** The service that it went to; empty where it went to none. */
  readonly to: string
  readonly endpoint: string
  readonly attempts: number
  /** Why it was not answered as it should be, in Envoy's letters: `UF`, `UO`; empty where it was. */
  readonly flags: string
  /** Null where nobody traces. */
  readonly traceId: string | null
}

/** What has passed since a cursor. */
export interface TapFacts {
  /** Where to go on, by the process that counts. */
  readonly cursors: Readonly<Record<string, number>>
  /** How many have passed that were not fetched in time. */
  readonly dropped: number
  readonly requests: readonly TappedRequest[]
}

/** Whoever has not asked for so long does not look on any more, and nothing is kept. */
const WATCHED_MS = 5_000
/** A reader that is slower than this many requests between two looks misses some, and is told how many. */
const KEPT_MAX = 2_000

/** Most of the time nobody looks on, and a request costs no look at the clock for it. */
const NEVER = -Infinity

/** The requests that have passed last, kept only while somebody looks on. */
export class RequestTap {
  private readonly kept: TappedRequest[] = []
  /** The number of the next request. */
  private next: number = 0
  private watchedUntil: number = NEVER

  record(
    request: LoggedRequest,
    direction: 'in' | 'out',
    durationMs: number,
    traceId: string | undefined,
  ): void {
    if (this.watchedUntil === NEVER) return
    if (systemClock.now() > this.watchedUntil) {
      this.watchedUntil = NEVER
      this.kept.length = 0
      return
    }
    const { method, target, status, address, destination, endpoint, attempts, flags } = request
    const query = target.indexOf('?')
    this.next += 1
    this.kept.push({
      at: systemClock.wallNow(),
      direction,
      method,
      path: query < 0 ? target : `${target.slice(0, query)}?...`,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      from: address,
      to: destination?.name ?? '',
      endpoint,
      attempts,
      flags,
      traceId: traceId ?? null,
    })
    if (this.kept.length > KEPT_MAX) this.kept.shift()
  }

  /** What has passed since `cursors` were given, as JSON; nothing without them, for the look begins now. */
  read(cursors: string | undefined): TapFacts {
    this.watchedUntil = systemClock.now() + WATCHED_MS
    const name = String(process.pid)
    const from = readCursors(cursors)[name] ?? this.next
    const oldest = this.next - this.kept.length
    const requests = this.kept.slice(Math.max(0, Math.min(from, this.next) - oldest))
    return { cursors: { [name]: this.next }, dropped: Math.max(0, oldest - from), requests }
  }
}

/** What several processes have seen. */
export function mergedTaps(answers: readonly TapFacts[]): TapFacts {
  return {
    cursors: Object.assign({}, ...answers.map(({ cursors }) => cursors)) as TapFacts['cursors'],
    dropped: answers.reduce((sum, { dropped }) => sum + dropped, 0),
    requests: answers.flatMap(({ requests }) => requests).sort((a, b) => a.at - b.at),
  }
}

/** Whatever somebody has written there. */
function readCursors(text: string | undefined): Readonly<Record<string, number>> {
  try {
    const read = JSON.parse(text ?? '{}') as unknown
    if (typeof read !== 'object' || read === null) return {}
    return Object.fromEntries(Object.entries(read).filter(([, at]) => Number.isInteger(at)))
  } catch {
    return {}
  }
}
