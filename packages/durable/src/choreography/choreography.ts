import { durationMs, type Duration } from '@watertight/manifest/units'
import { checkOptions, record, refusedOption, required } from '@watertight/policy/options'
import type { EventType } from '../outbox/event-type.js'
import type { Schema } from '../outbox/schema.js'
import { defineTopic, type Topic } from '../outbox/topic.js'

/** What the events of a choreography carry: what it is about, what its steps have come to, and why it goes back, if it does. */
export interface Carried<Input> {
  readonly input: Input
  /** By step. */
  readonly results: Readonly<Record<string, unknown>>
  readonly because?: Refused
}

/** Which step has said no, and in which word. */
export interface Refused {
  readonly step: string
  readonly code: string
}

export type ChoreographyEvents<Input> = Readonly<Record<string, EventType<Carried<Input>>>>

export interface ChoreographyStep {
  /** The step whose end starts this one. Default: it starts with the whole. */
  readonly after?: string
  /** Whether it can be undone. Only a step that comes after all others need not be. Default true. */
  readonly compensates?: boolean
}

export interface ChoreographyOptions<Input> {
  readonly steps: Readonly<Record<string, ChoreographyStep>>
  /** What the input must be. Default: anything that JSON can hold. */
  readonly input?: Schema<Input>
  /** The topic of what happens. Default: its name. */
  readonly topic?: string
  /** The topic of what is to be undone, and has been. Default: its name and `-compensations`. */
  readonly compensations?: string
  /** One in which nothing has happened for so long is stuck. Default `1m`. */
  readonly stuckAfter?: Duration
}

export interface PlannedStep {
  readonly name: string
  readonly after: string | undefined
  readonly compensates: boolean
}

/** Work that several services share without one that directs them: each does its step when it hears of the one before. */
export interface Choreography<Input = unknown> {
  readonly name: string
  readonly steps: ReadonlyMap<string, PlannedStep>
  readonly stuckAfterMs: number
  /** `started`, and `STEP.done` of each step. */
  readonly events: Topic<ChoreographyEvents<Input>>
  /** `turned-back`, and `STEP.undone` of each step that can be undone. */
  readonly compensations: Topic<ChoreographyEvents<Input>>
}

const stepName = /^[a-z][a-z0-9-]{0,39}$/

/**
 * Declares a choreography. Declare it once and share it between all who take part.
 *
 * @example
 *   const placeOrder = defineChoreography<{ card: string }>('place-order', {
 *     compensations: 'order-compensations',
 *     steps: { reserve: {}, charge: { after: 'reserve' }, ship: { after: 'charge', compensates: false } },
 *   })
 *
 * @throws {OptionError} when a name is none, a step comes after one that there is not or after itself, or cannot be undone
 *   though it is not the last of all
 */
export function defineChoreography<Input>(
  name: string,
  options: ChoreographyOptions<Input>,
): Choreography<Input> {
  checkOptions('choreography', options, {
    steps: required(record),
    input: { allowed: 'a schema', accepts: (given) => typeof given === 'object' && given !== null },
    topic: { allowed: 'the name of a topic', accepts: (given) => typeof given === 'string' },
    compensations: { allowed: 'the name of a topic', accepts: (given) => typeof given === 'string' },
    stuckAfter: { allowed: 'a duration, such as 1m', accepts: () => true },
  })
  const steps = plannedSteps(options.steps)
  const input: Schema<Input> = options.input ?? { parse: (given) => given as Input }
  const type: EventType<Carried<Input>> = {
    schema: {
      parse: (given) => {
        const carried = given as Carried<unknown>
        return { ...carried, input: input.parse(carried.input) }
      },
    },
  }
  const names = [...steps.keys()]
  const undone = names.filter((step) => steps.get(step)?.compensates === true)
  return {
    name,
    steps,
    stuckAfterMs: durationMs(options.stuckAfter ?? '1m'),
    events: defineTopic(options.topic ?? name, {
      source: `/${name}`,
      types: typesOf(['started', ...names.map((step) => `${step}.done`)], type),
    }),
    compensations: defineTopic(options.compensations ?? `${name}-compensations`, {
      source: `/${name}`,
      types: typesOf(['turned-back', ...undone.map((step) => `${step}.undone`)], type),
    }),
  }
}

const typesOf = <Input>(
  names: readonly string[],
  type: EventType<Carried<Input>>,
): ChoreographyEvents<Input> => Object.fromEntries(names.map((name) => [name, type]))

function plannedSteps(given: ChoreographyOptions<unknown>['steps']): Map<string, PlannedStep> {
  const steps = new Map(
    Object.entries(given).map(([name, { after, compensates = true }]): [string, PlannedStep] => {
      if (!stepName.test(name))
        throw refusedOption('choreography', 'steps', 'names of a letter, then a-z, 0-9 and dashes', name)
      return [name, { name, after, compensates }]
    }),
  )
  if (steps.size === 0) throw refusedOption('choreography', 'steps', 'at least one step', given)
  for (const step of steps.values()) {
    const before = stepsBefore(steps, step)
    if (step.compensates || before.size === steps.size - 1) continue
    throw refusedOption(
      'choreography',
      `steps.${step.name}.compensates`,
      'true, since a step beside it or after it may still say no',
      false,
    )
  }
  return steps
}

function stepsBefore(steps: ReadonlyMap<string, PlannedStep>, step: PlannedStep): Set<string> {
  const before = new Set<string>()
  for (let { after, name } = step; after !== undefined;) {
    const former = steps.get(after)
    if (former === undefined || before.has(after) || after === step.name) {
      const others = [...steps.keys()].filter((one) => one !== name)
      throw refusedOption(
        'choreography',
        `steps.${name}.after`,
        `one of ${others.join(', ')}, and none that comes after it`,
        after,
      )
    }
    before.add(after)
    ;({ after, name } = former)
  }
  return before
}
