import { decide } from '../../src/saga/decisions/decide.js'
import { begin, evolve } from '../../src/saga/decisions/evolve.js'
import type { SagaCommand } from '../../src/saga/decisions/saga-command.js'
import type { SagaEvent, StepOutcome } from '../../src/saga/decisions/saga-event.js'
import { isWaiting, type SagaState } from '../../src/saga/decisions/saga-state.js'
import { isFinal, stepPlan, type SagaPlan } from '../../src/saga/definition/saga-plan.js'

/** What may still go wrong on the way. */
export interface Mishaps {
  readonly crashes: number
  readonly lostAnswers: number
  readonly cancellations: number
}

/** What the services know of a step: an effect happens once for its key, and never after it was undone. */
interface Effect {
  readonly times: number
  readonly undone: boolean
}

interface Node {
  readonly state: SagaState
  /** Asked by the process that lives; what a crash forgets. */
  readonly asked: readonly string[]
  readonly effects: Readonly<Record<string, Effect>>
  /** Requests of steps that are still on their way, although nobody waits for them. */
  readonly late: readonly string[]
  readonly left: Mishaps
}

/**
 * Walks every way that a saga can take when answers are lost before or after their effect or come late, and the process dies
 * between any two events; a state that was met before is not walked again. Resolves each end to whether it is right.
 */
export function exploreCrashes(
  plan: SagaPlan,
  mishaps: Mishaps,
): { readonly nodes: number; readonly wrong: string[] } {
  const start: Node = { state: begin(plan, null, 0), asked: [], effects: {}, late: [], left: mishaps }
  const seen = new Set<string>()
  const open = [start]
  const wrong: string[] = []
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const launched = launch(plan, node)
    const key = keyOf(launched)
    if (seen.has(key)) continue
    seen.add(key)
    const next = moves(plan, launched)
    if (next.length === 0) wrong.push(...faults(plan, launched))
    open.push(...next)
  }
  return { nodes: seen.size, wrong }
}

type Asking = Exclude<SagaCommand, { readonly type: 'wake' }>

const nameOf = ({ type, step, attempt }: Asking): string => `${type} ${step} ${attempt}`
const asks = (plan: SagaPlan, state: SagaState): Asking[] =>
  decide(plan, state).filter((command) => command.type !== 'wake')

/** Whatever the state asks for is asked at once; the state that asks for it has been written before. */
function launch(plan: SagaPlan, node: Node): Node {
  const commands = asks(plan, node.state).filter(({ type }) => type !== 'settle')
  const asked = [...new Set([...node.asked, ...commands.map(nameOf)])]
  return { ...node, asked }
}

function moves(plan: SagaPlan, node: Node): Node[] {
  const { state, left, late } = node
  const found = asks(plan, state).flatMap((command) => ends(plan, node, command))
  found.push(...timePasses(plan, node), ...signalComes(plan, node))
  for (const step of late)
    found.push({ ...withEffect(node, step, 'run'), late: late.filter((one) => one !== step) })
  if (left.crashes > 0 && node.asked.length > 0) found.push(...crashes(node))
  const isOpen = state.status === 'running'
  if (left.cancellations > 0 && isOpen) {
    const cancelled = evolve(plan, state, { type: 'cancelled', at: 0 })
    found.push({ ...node, state: cancelled, left: { ...left, cancellations: left.cancellations - 1 } })
  }
  return found
}

/** How asking a step once may end. */
function ends(plan: SagaPlan, node: Node, command: Asking): Node[] {
  const { step, attempt, type } = command
  const direction = type === 'compensate' ? 'compensate' : 'run'
  const name = `${direction} ${step} ${attempt}`
  const end = (from: Node, outcome: StepOutcome): Node => {
    const event: SagaEvent = { type: 'step-ended', at: 0, step, attempt, outcome, chance: 0 }
    return {
      ...from,
      state: evolve(plan, from.state, event),
      asked: from.asked.filter((one) => one !== name),
    }
  }
  // Turned back, and this process never asked it: all that can be said is that nobody knows.
  if (type === 'settle' && !node.asked.includes(name)) return [end(node, unknown)]
  const found = [end(withEffect(node, step, direction), { type: 'done', result: step })]
  const { refusals } = stepPlan(plan, step)
  const mayRefuse = direction === 'run' && (node.effects[step]?.times ?? 0) === 0 && !node.late.includes(step)
  if (mayRefuse && refusals[0] !== undefined) found.push(end(node, { type: 'refused', code: refusals[0] }))
  if (node.left.lostAnswers === 0) return found
  const left = { ...node.left, lostAnswers: node.left.lostAnswers - 1 }
  found.push(end({ ...node, left }, unknown), end({ ...withEffect(node, step, direction), left }, unknown))
  if (direction === 'run')
    found.push(end({ ...node, left, late: [...new Set([...node.late, step])] }, unknown))
  return found
}

const unknown: StepOutcome = { type: 'unknown', message: '' }

/** The process dies: each request that it had made has arrived, or is lost, or is still on its way. */
function crashes(node: Node): Node[] {
  const left = { ...node.left, crashes: node.left.crashes - 1 }
  let found: Node[] = [{ ...node, asked: [], left }]
  for (const name of node.asked) {
    const [direction = '', step = ''] = name.split(' ')
    found = found.flatMap((one) => [
      one,
      withEffect(one, step, direction),
      ...(direction === 'run' ? [{ ...one, late: [...new Set([...one.late, step])] }] : []),
    ])
  }
  return found
}

function withEffect(node: Node, step: string, direction: string): Node {
  const { times, undone } = node.effects[step] ?? { times: 0, undone: false }
  const effect =
    direction === 'run' ? { times: times === 0 && !undone ? 1 : times, undone } : { times, undone: true }
  return { ...node, effects: { ...node.effects, [step]: effect } }
}

function timePasses(plan: SagaPlan, node: Node): Node[] {
  const due = Object.values(node.state.steps).flatMap((step) => (isWaiting(step) ? (step.dueAt ?? []) : []))
  if (due.length === 0) return []
  return [{ ...node, state: evolve(plan, node.state, { type: 'woken', at: Math.min(...due) }) }]
}

function signalComes(plan: SagaPlan, node: Node): Node[] {
  const signals = plan.stages.flat().filter(({ kind }) => kind === 'signal')
  return signals.flatMap(({ name }) => {
    const state = evolve(plan, node.state, { type: 'signalled', at: 0, signal: name, payload: null })
    return state === node.state ? [] : [{ ...node, state }]
  })
}

/** What is wrong with an end; nothing when all is done, or all undone, or the saga is parked where everybody sees it. */
function faults(plan: SagaPlan, { state, effects }: Node): string[] {
  const { status } = state
  const stands = (name: string): boolean => (effects[name]?.times ?? 0) > 0 && effects[name]?.undone !== true
  const steps = plan.stages.flat().filter(({ kind }) => kind === 'call')
  const twice = Object.keys(effects).filter((name) => effects[name]!.times > 1)
  const missing = steps.filter(({ name, optional }) => !optional && !stands(name)).map(({ name }) => name)
  const left = steps.filter((step) => step.hasEffect && stands(step.name)).map(({ name }) => name)
  const tale = state.timeline.map(({ what, step = '' }) => `${what} ${step}`).join(', ')
  const found = twice.map((name) => `${plan.name}: ${name} twice`)
  if (status === 'done' && missing.length > 0)
    found.push(`${plan.name}: done without ${missing.join()}: ${tale}`)
  if (status === 'compensated' && left.length > 0)
    found.push(`${plan.name}: undone but for ${left.join()}: ${tale}`)
  if (status === 'running' || status === 'compensating')
    found.push(`${plan.name}: stuck as ${status}: ${tale}`)
  const undoneFinal = steps.filter((step) => isFinal(step) && effects[step.name]?.undone === true)
  return [...found, ...undoneFinal.map(({ name }) => `${plan.name}: ${name} undone: ${tale}`)]
}

/** Two nodes from which the same can happen; what happened before is no matter. */
function keyOf({ state, asked, effects, late, left }: Node): string {
  const { timeline: _, omitted: __, turnedBack: ___, ...rest } = state
  return JSON.stringify([rest, asked.toSorted(), effects, late.toSorted(), left])
}
