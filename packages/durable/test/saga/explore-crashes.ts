import { createHash } from 'node:crypto'
import { begin } from '../../src/saga/decisions/evolve.js'
import type { StepOutcome } from '../../src/saga/decisions/saga-event.js'
import { isWaiting, type SagaState } from '../../src/saga/decisions/saga-state.js'
import type { SagaDefinition } from '../../src/saga/definition/saga-definition.js'
import { stepPlan } from '../../src/saga/definition/saga-plan.js'
import { stepKeyOf } from '../../src/saga/engine/run-step.js'
import { endFaults } from './end-faults.js'
import {
  arrive,
  type Asking,
  asks,
  type Definitions,
  definitionsOf,
  type ExploredNode,
  happen,
  type Mishaps,
  requestOf,
} from './explored-node.js'
import { hasHappened, type ServiceRequest } from './effects.js'

/** More than any of the examples has: beyond it something is tried again for ever. */
const nodesMax = 200_000

/**
 * Walks every way that a saga and its children can take when answers are lost before or after their effect or come late, and
 * the process dies between any two events; a state that was met before is not walked again. One that is parked is taken up by
 * hand. Tells which ends are wrong, and how often a saga was found parked.
 */
export function exploreCrashes(
  definition: SagaDefinition,
  mishaps: Mishaps,
): { readonly nodes: number; readonly parked: number; readonly wrong: string[] } {
  const definitions = definitionsOf(definition)
  const sagas = { s: begin(definition.plan, null, 0) }
  const seen = new Set<string>()
  const open: ExploredNode[] = [{ now: 0, sagas, asked: [], effects: {}, late: [], left: mishaps }]
  const wrong: string[] = []
  let parked = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const launched = launch(definitions, node)
    const key = keyOf(launched)
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > nodesMax) return { nodes: seen.size, parked, wrong: [...wrong, 'it goes on without end'] }
    if (Object.values(launched.sagas).some(({ status }) => status === 'compensation-failed')) parked += 1
    const next = moves(definitions, launched)
    if (next.length === 0) wrong.push(...endFaults(definitions, launched))
    open.push(...next)
  }
  return { nodes: seen.size, parked, wrong }
}

const isSame = (one: ServiceRequest, other: ServiceRequest): boolean => one.name === other.name
const withOne = (requests: readonly ServiceRequest[], one: ServiceRequest): readonly ServiceRequest[] =>
  requests.some((other) => isSame(one, other)) ? requests : [...requests, one]
const withoutOne = (requests: readonly ServiceRequest[], one: ServiceRequest): readonly ServiceRequest[] =>
  requests.filter((other) => !isSame(one, other))

/** Whatever the states ask for is asked at once; the state that asks for it has been written before. */
function launch(definitions: Definitions, node: ExploredNode): ExploredNode {
  let { asked } = node
  for (const [saga, state] of Object.entries(node.sagas)) {
    const definition = definitions.get(saga)!
    for (const command of asks(definition, state))
      if (command.type !== 'settle') asked = withOne(asked, requestOf(definition, node, saga, command))
  }
  return { ...node, asked }
}

function moves(definitions: Definitions, node: ExploredNode): ExploredNode[] {
  const found: ExploredNode[] = []
  for (const [saga, state] of Object.entries(node.sagas)) {
    const definition = definitions.get(saga)!
    for (const command of asks(definition, state)) found.push(...ends(definitions, node, saga, command))
    found.push(...fromOutside(definitions, node, saga))
  }
  for (const request of node.late) {
    const arrived = arrive(definitions, node, request).node
    found.push({ ...arrived, late: withoutOne(node.late, request) })
  }
  if (node.left.crashes > 0 && node.asked.length > 0) found.push(...crashes(definitions, node))
  return found
}

/** How asking a step once may end. */
function ends(definitions: Definitions, node: ExploredNode, saga: string, command: Asking): ExploredNode[] {
  const { step, attempt, type } = command
  const definition = definitions.get(saga)!
  const request = requestOf(definition, node, saga, command)
  const end = (from: ExploredNode, outcome: StepOutcome): ExploredNode =>
    happen(definitions, { ...from, asked: withoutOne(from.asked, request) }, saga, {
      type: 'step-ended',
      at: node.now,
      step,
      attempt,
      outcome,
      chance: 0,
    })
  // Turned back, and this process never asked it: all that can be said is that nobody knows.
  if (type === 'settle' && !node.asked.some((one) => isSame(one, request))) return [end(node, unknown)]
  const { node: arrived, outcome } = arrive(definitions, node, request)
  const found = [end(arrived, outcome)]
  const [refusal] = stepPlan(definition.plan, step).refusals
  const isChild = definitions.has(stepKeyOf(saga, step))
  const mayRefuse =
    request.direction === 'run' &&
    !isChild &&
    !hasHappened(node.effects, saga, step) &&
    !node.late.some((late) => late.saga === saga && late.step === step)
  if (mayRefuse && refusal !== undefined) found.push(end(node, { type: 'refused', code: refusal }))
  if (node.left.lostAnswers === 0) return found
  const left = { ...node.left, lostAnswers: node.left.lostAnswers - 1 }
  found.push(end({ ...node, left }, unknown), end({ ...arrived, left }, unknown))
  if (request.direction === 'run')
    found.push(end({ ...node, left, late: withOne(node.late, request) }, unknown))
  return found
}

const unknown: StepOutcome = { type: 'unknown', message: '' }

/** The process dies: each request that it had made has arrived, or is lost, or is still on its way. */
function crashes(definitions: Definitions, node: ExploredNode): ExploredNode[] {
  const left = { ...node.left, crashes: node.left.crashes - 1 }
  let found: ExploredNode[] = [{ ...node, asked: [], left }]
  for (const request of node.asked)
    found = found.flatMap((one) => [
      one,
      arrive(definitions, one, request).node,
      ...(request.direction === 'run' ? [{ ...one, late: withOne(one.late, request) }] : []),
    ])
  return found
}

/** What happens to a saga that none of its steps has brought about: time, signals, and whoever steers it. */
function fromOutside(definitions: Definitions, node: ExploredNode, saga: string): ExploredNode[] {
  const { now, left } = node
  const state = node.sagas[saga]!
  const { status, deadlineAt } = state
  const found = timePasses(definitions, node, saga)
  for (const { kind, name } of definitions.get(saga)!.plan.stages.flat())
    if (kind === 'signal')
      found.push(happen(definitions, node, saga, { type: 'signalled', at: now, signal: name, payload: null }))
  if (left.cancellations > 0 && status === 'running') {
    const fewer = { ...node, left: { ...left, cancellations: left.cancellations - 1 } }
    found.push(happen(definitions, fewer, saga, { type: 'cancelled', at: now }))
  }
  if (status === 'running' && deadlineAt !== undefined && now < deadlineAt)
    found.push(happen(definitions, { ...node, now: deadlineAt }, saga, { type: 'woken', at: deadlineAt }))
  if (status === 'compensation-failed')
    found.push(happen(definitions, node, saga, { type: 'resumed', at: now }))
  return found.filter((one) => one !== node)
}

/** Whatever waits is due at last; a step that waits for its child is told when that ends. */
function timePasses(definitions: Definitions, node: ExploredNode, saga: string): ExploredNode[] {
  const state = node.sagas[saga]!
  const due = Object.entries(state.steps).flatMap(([name, step]) => {
    if (!isWaiting(step) || step.dueAt === undefined) return []
    const child = node.sagas[stepKeyOf(saga, name)]
    const busy = step.status === 'waiting' ? ['running', 'compensating'] : ['compensating']
    return child !== undefined && busy.includes(child.status) ? [] : [step.dueAt]
  })
  if (due.length === 0) return []
  const at = Math.max(node.now, Math.min(...due))
  return [happen(definitions, node, saga, { type: 'woken', at })]
}

const written = new WeakMap<SagaState, string>()

/** A state as text, without what decisions do not read; most nodes share theirs with others. */
function textOf(state: SagaState): string {
  const known = written.get(state)
  if (known !== undefined) return known
  const { timeline: _, omitted: __, turnedBack: ___, ...rest } = state
  const text = JSON.stringify(rest)
  written.set(state, text)
  return text
}

/** Two nodes from which the same can happen have the same; what happened before is no matter. */
function keyOf({ now, sagas, asked, effects, late, left }: ExploredNode): string {
  const states = Object.entries(sagas).map(([id, state]) => [id, textOf(state)])
  const sorted = (requests: readonly ServiceRequest[]): string[] =>
    requests.map(({ name }) => name).toSorted()
  const known = Object.entries(effects).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const text = JSON.stringify([now, states, sorted(asked), known, sorted(late), left])
  // There are hundreds of thousands of them.
  return createHash('sha1').update(text).digest('base64')
}
