import type { DrillRecord, Measured, RequestsRecord } from './drill-record.js'

type State = 'ok' | 'no' | '-'

/** What came of it, a line each: `ok  detected   after 6.2 s; 60 s are allowed, by the breaker of order`. */
export function recordLines(record: DrillRecord): string[] {
  const { detected, recovered, requests, backlog, lost, verified, objectives, notified } = record
  return [
    line(
      okay(detected.ok),
      'detected',
      `${spell(detected)}${detected.by === null ? '' : `, by ${detected.by}`}`,
    ),
    line(okay(recovered.ok), 'recovered', spell(recovered)),
    ...(requests === null ? [] : requestLines(requests)),
    ...objectives.map(({ service, availability, p99Ms }) =>
      line('-', 'objective', `${service}: ${promise(availability, p99Ms)}`),
    ),
    ...(backlog === null
      ? []
      : [
          line(
            '-',
            'backlog',
            `at most ${backlog.sagas} sagas under way, ${backlog.events} events to handle`,
          ),
          line(okay(backlog.drained.ok), 'drained', spell(backlog.drained)),
        ]),
    lost === null
      ? line('-', 'lost', 'not known: no store of sagas and events could be asked')
      : line(okay(lost === 0), 'lost', `${lost} sagas and events given up`),
    ...(verified === null ? [] : [verifiedLine(verified)]),
    ...(notified === null
      ? []
      : [
          line(
            okay(notified.detected && notified.recovered),
            'notified',
            `detection ${sent(notified.detected)}, recovery ${sent(notified.recovered)}`,
          ),
        ]),
  ]
}

function requestLines({ requests, failed, p99Ms, outageMs, failedMax, ok }: RequestsRecord): string[] {
  const isAsked = failedMax < 1
  const share = isAsked ? `; ${percent(failedMax)} are allowed` : '; the drill does not say how many may'
  const outage =
    outageMs === null
      ? 'none was answered well after the last failure'
      : `${(outageMs / 1_000).toFixed(1)} s from the first failure to the first good answer after the last`
  return [
    // Whatever fails is well where nothing is asked for: that is no success to tell of.
    line(
      isAsked ? okay(ok) : '-',
      'requests',
      `${failed} of ${requests} failed${share}, p99 ${Math.round(p99Ms)} ms`,
    ),
    ...(failed === 0 ? [] : [line(outageMs === null ? 'no' : '-', 'outage', outage)]),
  ]
}

function verifiedLine({ lost, said }: NonNullable<DrillRecord['verified']>): string {
  const text = lost === null ? `could not be told: ${said}` : `${lost} lost, as verify has counted`
  return line(okay(lost === 0), 'verified', text)
}

function promise(availability: number | null, p99Ms: number | null): string {
  const words = [
    ...(availability === null ? [] : [`${percent(availability)} available`]),
    ...(p99Ms === null ? [] : [`p99 ${p99Ms} ms`]),
  ]
  return `${words.join(', ')} are promised`
}

const line = (state: State, what: string, text: string): string =>
  `${state.padEnd(2)}  ${what.padEnd(10)} ${text}`

const okay = (ok: boolean): State => (ok ? 'ok' : 'no')

const percent = (share: number): string => `${Math.round(share * 100_000) / 1_000}%`

const sent = (isSent: boolean): string => (isSent ? 'was taken' : 'was not taken')

export function spell({ afterMs, withinMs }: Measured): string {
  const within = `${withinMs / 1_000} s are allowed`
  return afterMs === null ? `not at all; ${within}` : `after ${(afterMs / 1_000).toFixed(1)} s; ${within}`
}
