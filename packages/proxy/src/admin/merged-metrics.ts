interface Family {
  /** What comments say of it, once. */
  readonly comments: Set<string>
  /** Values by name and labels, in the order in which they came. */
  readonly samples: Map<string, number>
}

/**
 * Several expositions in Prometheus' text format as one: what has the same name and labels is added up, counters,
 * histograms and gauges alike, so that a gauge of 0 or 1 tells how many workers it holds for.
 */
export function mergedMetrics(texts: readonly string[]): string {
  const families = new Map<string, Family>()
  for (const text of texts) addTo(families, text)
  return Array.from(families.values(), ({ comments, samples }) => [
    ...comments,
    ...Array.from(samples, ([name, value]) => `${name} ${written(value)}`),
  ])
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}

function addTo(families: Map<string, Family>, text: string): void {
  let family: Family = { comments: new Set(), samples: new Map() }
  for (const line of text.split('\n')) {
    if (line === '') continue
    const name = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1]
    if (name !== undefined) {
      family = families.get(name) ?? { comments: new Set(), samples: new Map() }
      families.set(name, family)
      family.comments.add(line)
      continue
    }
    // Labels may hold spaces; what follows them does not.
    const end = line.lastIndexOf(' ')
    const sample = line.slice(0, end)
    family.samples.set(sample, (family.samples.get(sample) ?? 0) + read(line.slice(end + 1)))
  }
}

function read(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
}

function written(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
}
