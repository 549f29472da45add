/** What happens in a run, for whoever shows it. */
export type RunEvent =
  | { readonly kind: 'planned'; readonly programs: readonly string[] }
  | { readonly kind: 'log'; readonly program: string; readonly line: string }
  | {
      readonly kind: 'started'
      readonly program: string
      readonly pid: number | undefined
      readonly port: number
    }
  | { readonly kind: 'ready'; readonly program: string; readonly seconds: number }
  /** It had ended by itself; `seconds` are how long it was away. */
  | { readonly kind: 'back'; readonly program: string; readonly seconds: number }
  /** It was started anew without a moment in which nobody answered. */
  | { readonly kind: 'replaced'; readonly program: string; readonly seconds: number }
  | { readonly kind: 'slow'; readonly program: string; readonly seconds: number; readonly how: string }
  | { readonly kind: 'died'; readonly program: string; readonly how: string; readonly delayMs: number }
  | { readonly kind: 'hung'; readonly program: string; readonly how: string }
  | {
      readonly kind: 'crash-loop'
      readonly program: string
      readonly how: string
      readonly delayMs: number
      /** The last that it wrote. */
      readonly lines: readonly string[]
    }
  | { readonly kind: 'stopping'; readonly program: string }
  | { readonly kind: 'stopped'; readonly program: string; readonly how: string }
  /** `use` is the share of a core that each replica used. */
  | { readonly kind: 'scaled'; readonly service: string; readonly replicas: number; readonly use: number }
  | { readonly kind: 'document'; readonly text: string }

/** One line for people; of a log, the line itself. */
export function describeEvent(event: RunEvent): string {
  switch (event.kind) {
    case 'planned':
      return `${event.programs.length} programs: ${event.programs.join(', ')}`
    case 'log':
      return event.line
    case 'started':
      return `started, process ${event.pid ?? '?'}, on port ${event.port}`
    case 'ready':
      return `ready after ${event.seconds.toFixed(1)} s`
    case 'back':
      return `back after ${event.seconds.toFixed(1)} s`
    case 'replaced':
      return `started anew within ${event.seconds.toFixed(1)} s, and took requests all the time`
    case 'slow':
      return `not ready after ${event.seconds.toFixed(0)} s: ${event.how}`
    case 'died':
      return `ended (${event.how}), is started again${event.delayMs === 0 ? '' : ` in ${event.delayMs / 1_000} s`}`
    case 'hung':
      return `fails its probe (${event.how}), is killed and started again`
    case 'crash-loop':
      return [
        `keeps ending (${event.how}): tried again every ${event.delayMs / 1_000} s; the last that it wrote:`,
        ...event.lines.map((line) => `  ${line}`),
      ].join('\n')
    case 'stopping':
      return 'is told to stop'
    case 'stopped':
      return `stopped (${event.how})`
    case 'scaled':
      return `${event.service} uses ${Math.round(event.use * 100)}% of a core each: ${event.replicas} replicas from now on`
    case 'document':
      return event.text
  }
}
