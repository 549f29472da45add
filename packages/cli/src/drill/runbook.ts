import type { SystemModel } from '@watertight/manifest'
import type { DrillPlan } from './drill-plan.js'
import { type DrillRecord, spell } from './drill-record.js'

/** What to do when what was drilled happens: from the document, and from what was measured. */
export function runbook(plan: DrillPlan, model: SystemModel, record: DrillRecord): string {
  const { target, name, story, every } = plan
  const callers = model.calls.filter(({ to }) => to === target)
  const reactions = callers.map(({ from, policy, fallback, optional }) => {
    const { breaker, retry, timeout } = policy as unknown as Readonly<Record<string, unknown>>
    const words = [
      ...(timeout === undefined ? [] : ['gives up at its time limit']),
      ...(retry === undefined ? [] : ['tries again within its budget']),
      ...(breaker === undefined ? [] : ['opens its circuit breaker, and refuses at once']),
      ...(fallback === undefined ? [] : ['answers with its fallback']),
      ...(optional ? ['does without'] : []),
    ]
    return `- ${from}: ${words.join('; ')}. \`watertight explain ${from} ${target}\` has the numbers.`
  })
  const severity = callers.some(({ optional, fallback }) => !optional && fallback === undefined)
    ? `high: ${callers
        .filter(({ optional }) => !optional)
        .map(({ from }) => from)
        .join(', ')} cannot do without ${target}`
    : 'low: every caller does without it, or has a fallback'
  return `# ${name}

${story}

- **Trigger**: ${target} ${record.fault}.
- **Severity**: ${severity}.
- **Detection**: a circuit breaker before ${target} opens. In the last drill ${spell(record.detected)}.
- **Exercised**: every ${every}; last on ${new Date(record.at).toISOString()}, ${record.ok ? 'with all objectives met' : 'with objectives missed'}.

## What happens by itself

${reactions.join('\n')}

When ${target} answers again, trial calls find out, and the breakers close: in the last drill ${spell(record.recovered)}.${
    record.requests === null
      ? ''
      : ` ${record.requests.failed} of ${record.requests.requests} requests failed meanwhile.`
  }

## What to do

1. \`watertight top\`: is it ${target} alone, or more?
2. \`watertight tap ${target} --status 5xx\` and \`watertight logs ${target}\`: what does it answer?
3. If its processes are at fault: \`watertight restart ${target}\`. If it has too much to do: \`watertight scale ${target} N\`.
4. Afterwards: \`watertight saga list --status compensation-failed\` and \`watertight events dead-letters\`; resume and redrive what is there.
`
}
