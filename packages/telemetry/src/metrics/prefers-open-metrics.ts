/**
 * Whether an `Accept` header prefers OpenMetrics 1.0 to plain text. Prometheus names both, with weights; a browser
 * names neither and gets text.
 */
export function prefersOpenMetrics(accept: string): boolean {
  let openMetrics = 0
  let text = 0
  for (const entry of accept.toLowerCase().split(',').slice(0, ENTRIES_MAX)) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim())
    const weight = weightOf(parameters)
    const version = parameters.find((parameter) => parameter.startsWith('version='))
    if (type === 'application/openmetrics-text' && (version === undefined || /=1\./.test(version))) {
      openMetrics = Math.max(openMetrics, weight)
    } else if (type === 'text/plain' || type === '*/*' || type === 'text/*') text = Math.max(text, weight)
  }
  return openMetrics > 0 && openMetrics >= text
}

/** A header is of any length, and nobody accepts more kinds than this. */
const ENTRIES_MAX = 20

function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = given === undefined ? 1 : Number(given.slice(2))
  return weight >= 0 && weight <= 1 ? weight : 0
}
