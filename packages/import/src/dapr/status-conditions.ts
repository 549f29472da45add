/** Statuses that Dapr retries, as the conditions of a manifest, and those that a manifest cannot name. */
export interface StatusConditions {
  readonly on: readonly string[]
  readonly refused: readonly string[]
}

// A manifest allows 32 conditions; four of them stand for failures without an answer.
const conditionsMax = 28

/** Reads `429,500-599`; undefined when the text is something else. */
export function statusConditions(text: string): StatusConditions | undefined {
  const on: string[] = []
  const refused: string[] = []
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(part)
    if (match === null) return undefined
    const first = Number(match[1])
    const last = Number(match[2] ?? match[1])
    if (first < 100 || last > 599 || first > last) return undefined
    if (first < 400) refused.push(part)
    else if (first === 500 && last === 599) on.push('5xx')
    else if (on.length + last - first + 1 > conditionsMax) refused.push(part)
    else for (let status = first; status <= last; status++) on.push(String(status))
  }
  return { on: [...new Set(on)], refused }
}
