import type { Seen } from '../scenario/seen-schema.js'
import type { Recorder } from '../upstream/recorder.js'
import { rounded } from './quoted.js'
import { CLOCK_SLACK_MS, within, words } from './within.js'

/** What the endpoints see of load: connections, requests at one time, requests given up, silence. */
export function checkConnections(seen: Seen, recorder: Recorder): string[] {
  const { connections, atOnce, abandoned, silence = [] } = seen
  const faults: string[] = []
  if (connections !== undefined && !within(recorder.connections, connections))
    faults.push(`${words(connections)} connections must be opened, got ${recorder.connections}`)
  if (atOnce !== undefined && !within(recorder.atOnce, atOnce))
    faults.push(`${words(atOnce)} requests must be under way at one time, got ${recorder.atOnce}`)
  const left = recorder.requests.filter((request) => request.abandoned).length
  if (abandoned !== undefined && !within(left, abandoned))
    faults.push(`${words(abandoned)} requests must be given up, got ${left}`)
  for (const { at, after, for: wanted } of silence) {
    const times = recorder.requests.filter(({ endpoint }) => endpoint === at).map((request) => request.at)
    const [before, next] = [times[after - 1], times[after]]
    if (before === undefined || next === undefined)
      faults.push(`endpoint ${at} must see a request after number ${after}, got ${times.length}`)
    else if (!within(next - before, wanted, CLOCK_SLACK_MS))
      faults.push(
        `endpoint ${at} must be silent for ${words(wanted, ' ms')} after request ${after}, got ${rounded(next - before)}`,
      )
  }
  return faults
}
