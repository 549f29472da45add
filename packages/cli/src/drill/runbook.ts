import type { CallModel, SystemModel } from '@watertight/manifest'
import { blowText, type DrillPlan, placeOf } from './drill-plan.js'
import type { DrillRecord } from './drill-record.js'
import { recordLines, spell } from './record-lines.js'

/** What to do when what was drilled happens: from the document, and from what was measured. */
export function runbook(plan: DrillPlan, model: SystemModel, record: DrillRecord): string {
  const { name, story, every } = plan
  const callers = model.calls.filter(({ to }) => to === plan.target)
  return `# ${name}

${story}

- **Trigger**: ${placeOf(plan)} ${blowText(plan.blow)}.
- **Severity**: ${severityOf(plan, callers)}.
- **Detection**: ${signs(plan).join(', or ')}. In the last drill ${spell(record.detected)}.
- **Notification**: ${plan.notify === undefined ? 'the drill notifies nobody; the alerts of the document do' : 'a webhook is notified of detection and of recovery'}.
- **Exercised**: every ${every}; last on ${new Date(record.at).toISOString()}, ${record.ok ? 'with all objectives met' : 'with objectives missed'}.

## What happens by itself

${reactions(plan, callers).join('\n')}

${recovery(plan, record)}

## What was measured

\`\`\`
${recordLines(record).join('\n')}
\`\`\`

## What to do

${steps(plan)
  .map((step, index) => `${index + 1}. ${step}`)
  .join('\n')}
`
}

function severityOf({ target, blow }: DrillPlan, callers: readonly CallModel[]): string {
  if (blow.kind === 'command') return `high: ${target ?? 'more than one service'} stands on it`
  const needing = callers.filter(({ optional, fallback }) => !optional && fallback === undefined)
  if (needing.length === 0) return 'low: every caller does without it, or has a fallback'
  return `high: ${needing.map(({ from }) => from).join(', ')} cannot do without ${target}`
}

function signs({ target, watch, blow }: DrillPlan): string[] {
  return [
    ...(target === undefined ? [] : [`a circuit breaker before ${target} opens`]),
    ...(watch === undefined ? [] : [`${watch} does not answer 200`]),
    ...(blow.kind === 'fault' ? [] : ['a process is not ready any more']),
  ]
}

function reactions({ target, blow }: DrillPlan, callers: readonly CallModel[]): string[] {
  const ofCallers = callers.map(({ from, policy, fallback, optional }) => {
    const { breaker, retry, timeout } = policy
    const words = [
      ...(timeout === undefined ? [] : ['gives up at its time limit']),
      ...(retry === undefined ? [] : ['tries again within its budget']),
      ...(breaker === undefined ? [] : ['opens its circuit breaker, and refuses at once']),
      ...(fallback === undefined ? [] : [answering(fallback)]),
      ...(optional ? ['does without'] : []),
    ]
    return `- ${from}: ${words.join('; ')}. \`watertight explain ${from} ${target}\` has the numbers.`
  })
  if (blow.kind === 'fault') return ofCallers
  if (blow.kind === 'kill')
    return [
      '- Whoever runs it: starts each process again, on its old port, with what it had written down.',
      ...ofCallers,
    ]
  const heals = 'no hand of the drill has healed it'
  return [
    `- What was struck: ${blow.heal === undefined ? `${heals}; its own failover is what is drilled` : `the drill has healed it by \`${blow.heal}\``}.`,
    ...ofCallers,
  ]
}

function answering({ queue, cache }: NonNullable<CallModel['fallback']>): string {
  if (cache !== undefined) return 'answers with the last good answer'
  return queue === undefined ? 'answers with its fallback' : `keeps it for later in ${queue}`
}

function recovery({ target, blow }: DrillPlan, { recovered, requests, backlog }: DrillRecord): string {
  const how =
    blow.kind === 'fault'
      ? `When ${target} answers again, trial calls find out, and the breakers close`
      : 'What is open closes, and what waits is done, without a hand'
  return [
    `${how}: in the last drill ${spell(recovered)}.`,
    ...(requests === null ? [] : [`${requests.failed} of ${requests.requests} requests failed meanwhile.`]),
    ...(backlog === null
      ? []
      : [
          `At most ${backlog.sagas} sagas were under way and ${backlog.events} events to be handled; all that had waited was done ${spell(backlog.drained)}.`,
        ]),
  ].join(' ')
}

function steps({ target, watch, blow, name }: DrillPlan): string[] {
  return [
    `\`watertight top\`: ${target === undefined ? 'which services suffer?' : `is it ${target} alone, or more?`}`,
    ...(watch?.startsWith('http') === true ? [`\`curl -i ${watch}\`: what does it say of itself?`] : []),
    ...(target === undefined
      ? []
      : [
          `\`watertight tap ${target} --status 5xx\` and \`watertight logs ${target}\`: what does it answer?`,
          `If its processes are at fault: \`watertight restart ${target}\`. If it has too much to do: \`watertight scale ${target} N\`.`,
        ]),
    ...(blow.kind === 'command' && blow.heal !== undefined
      ? [`What the drill heals by: \`${blow.heal}\`.`]
      : []),
    'Afterwards: `watertight saga list --status compensation-failed` and `watertight events dead-letters`; resume and redrive what is there.',
    `Then once more on purpose: \`watertight drill ${name}\`.`,
  ]
}
