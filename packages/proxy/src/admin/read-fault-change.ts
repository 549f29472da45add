import { type Duration, durationMs, type Percentage, percentageShare } from '@watertight/manifest/units'
import type { FaultChange } from '../faults/injected-faults.js'

const WORDS: ReadonlySet<string> = new Set(['to', 'for', 'delay', 'status', 'share', 'requests'])
const LONGEST_MS = 3_600_000

/**
 * The change of faults that a query asks for: `to=payment&for=30s&delay=2s&share=50%`. A text says what is wrong with it. A time
 * limit is asked for each: whoever has started it may forget it, or not come back.
 */
export function readFaultChange(method: string, query: URLSearchParams): FaultChange | string {
  const to = query.get('to')
  const other = [...query.keys()].find((name) => !WORDS.has(name))
  if (other !== undefined) return `there is no ${other}; it takes ${[...WORDS].join(', ')}`
  if (to === null) return 'to must be the name of a service, got nothing'
  if (method === 'DELETE') return { to, rule: undefined }
  const [forMs, delayMs] = [milliseconds(query.get('for')), milliseconds(query.get('delay'))]
  if (forMs === undefined || !(forMs > 0 && forMs <= LONGEST_MS))
    return `for must be a duration up to 1h, got ${query.get('for') ?? 'nothing'}`
  if (query.has('delay') && delayMs === undefined)
    return `delay must be a duration such as 2s, got ${query.get('delay')}`
  const share = shareOf(query.get('share') ?? '100%')
  if (share === undefined) return `share must be a percentage such as 50%, got ${query.get('share')}`
  const status = query.get('status')
  if (status !== null && !/^\d{3}$/.test(status)) return `status must be a status such as 503, got ${status}`
  const requests = query.get('requests')
  return {
    to,
    rule: {
      forMs,
      share,
      ...(delayMs === undefined ? {} : { delay: delayMs }),
      ...(status === null ? {} : { end: Number(status) }),
      ...(requests === null ? {} : { requests }),
    },
  }
}

function milliseconds(text: string | null): number | undefined {
  return text === null ? undefined : understood(() => durationMs(text as Duration))
}

const shareOf = (text: string): number | undefined => understood(() => percentageShare(text as Percentage))

function understood(read: () => number): number | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
