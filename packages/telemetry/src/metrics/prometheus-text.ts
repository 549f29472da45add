import type { MetricKind } from './metric-options.js'
import { braced, formatNumber, withLabel, type SampleWriter } from './sample-writer.js'

/** The text format 0.0.4, which every Prometheus reads. Here a counter's family carries `_total` in its name. */
export class PrometheusText implements SampleWriter {
  static readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'
  readonly #lines: string[] = []
  #name = ''

  family(name: string, kind: MetricKind, help: string): void {
    this.#name = name
    this.#lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`)
  }

  sample(suffix: '' | '_total' | '_sum' | '_count', labels: string, value: number): void {
    const name = suffix === '_total' ? this.#name : `${this.#name}${suffix}`
    this.#lines.push(`${name}${braced(labels)} ${formatNumber(value)}`)
  }

  bucket(labels: string, bound: number, cumulative: number): void {
    const inBraces = withLabel(labels, `le="${formatNumber(bound)}"`)
    this.#lines.push(`${this.#name}_bucket${inBraces} ${formatNumber(cumulative)}`)
  }

  text(): string {
    return this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`
  }
}

function escapeHelp(help: string): string {
  return help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'))
}
