import { having, type Rule } from '@watertight/policy/options'
import type { TracedWork, Tracing, WorkSpan } from '@watertight/telemetry'

/** The option by which a span is made of what is done. */
export const tracingRule: Rule = having('startWork', 'tracing, as openTelemetryTracing() gives it')

/** Does work in a span of its own, when somebody traces. `outcomeOf` names how it ended, in one of few words. */
export async function inSpan<T>(
  tracing: Tracing | undefined,
  work: TracedWork,
  run: (span: WorkSpan | undefined) => Promise<T>,
  outcomeOf: (result: T) => { readonly outcome: string; readonly failure?: unknown } = () => ({
    outcome: 'success',
  }),
): Promise<T> {
  const span = tracing?.startWork(work)
  if (span === undefined) return await run(undefined)
  try {
    const result = await span.run(() => run(span))
    const { outcome, failure } = outcomeOf(result)
    span.end(outcome, failure)
    return result
  } catch (error) {
    span.end('failure', error)
    throw error
  }
}
