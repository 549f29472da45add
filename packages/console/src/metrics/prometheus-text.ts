/** One line of a page of metrics. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * Reads a page in Prometheus' text format 0.0.4 or OpenMetrics 1.0, and keeps the samples whose name `isWanted`. What is no sample
 * is passed over: a page of somebody else's is read as far as it can be.
 */
export function readPrometheusText(text: string, isWanted: (name: string) => boolean): Sample[] {
  const samples: Sample[] = []
  let start = 0
  while (start < text.length) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end === -1 ? text.length : end)
    start = end === -1 ? text.length : end + 1
    const name = NAME.exec(line)?.[0]
    if (name === undefined || !isWanted(name)) continue
    const sample = readSample(name, line)
    if (sample !== undefined) samples.push(sample)
  }
  return samples
}

const NAME = /^[A-Za-z_:][\w:]*/
const LABEL = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y

function readSample(name: string, line: string): Sample | undefined {
  const labels: Record<string, string> = {}
  let rest = name.length
  if (line[rest] === '{') {
    LABEL.lastIndex = rest + 1
    let last = LABEL.lastIndex
    for (let found = LABEL.exec(line); found !== null; found = LABEL.exec(line)) {
      labels[found[1] as string] = unescaped(found[2] as string)
      last = LABEL.lastIndex
    }
    if (line[last] !== '}') return undefined
    rest = last + 1
  }
  // A timestamp, or an exemplar, may follow the value.
  const word = line.slice(rest).trim().split(/\s/, 1)[0] ?? ''
  const value = numberOf(word)
  return value === undefined ? undefined : { name, labels, value }
}

function numberOf(word: string): number | undefined {
  if (word === '+Inf') return Infinity
  if (word === '-Inf') return -Infinity
  const value = Number(word)
  return word === '' || Number.isNaN(value) ? undefined : value
}

function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
    : text
}
