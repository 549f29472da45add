import { durationMs, formatDuration, type Duration } from '@watertight/manifest/units'
import { constant } from '@watertight/policy'
import { decide } from '../../src/saga/decisions/decide.js'
import { begin, evolve } from '../../src/saga/decisions/evolve.js'
import type { SagaEvent, StepOutcome } from '../../src/saga/decisions/saga-event.js'
import type { SagaState } from '../../src/saga/decisions/saga-state.js'
import { saga, type SagaBuilder } from '../../src/saga/definition/saga.js'
import type { SagaDefinition } from '../../src/saga/definition/saga-definition.js'
import type { StepOptions } from '../../src/saga/definition/step-options.js'

/**
 * Runs a scenario: blocks of commands, each followed by `----` and what it led to, which is written anew. Lines of a definition
 * are `step`, `both` (parallel, with `+`), `sleep` and `signal`; options are words or `name=value`.
 */
export function playScenario(text: string): string {
  const player = new Player()
  const blocks = text.trimEnd().split(/\n\n+/)
  return `${blocks.map((block) => playBlock(player, block)).join('\n\n')}\n`
}

function playBlock(player: Player, block: string): string {
  const commands = (block.split('\n----')[0] ?? '').split('\n')
  if (commands.every((line) => line.startsWith('#'))) return block
  const said = commands.flatMap((line) => (line.startsWith('#') ? [] : player.play(line)))
  return [...commands, '----', ...said, ...player.outlook()].join('\n')
}

class Player {
  #definition: SagaBuilder<unknown> | undefined
  #built: SagaDefinition | undefined
  #state: SagaState | undefined
  #now = 0

  play(line: string): string[] {
    const [command = '', ...words] = line.trim().split(/ +/)
    if (command === 'saga') {
      const [name = '', ...options] = words
      this.#definition = saga(name, optionsOf(options))
      this.#built = undefined
      this.#state = undefined
      this.#now = 0
      return []
    }
    if (['step', 'both', 'sleep', 'signal'].includes(command) && this.#state === undefined) {
      this.#definition = define(this.#definition!, command, words)
      return []
    }
    return this.#run(command, words)
  }

  outlook(): string[] {
    if (this.#state === undefined) return ['defined']
    const commands = decide(this.#built!.plan, this.#state).map((command) =>
      command.type === 'wake'
        ? `> wake at ${formatDuration(command.at)}`
        : `> ${command.type} ${command.step}#${command.attempt}`,
    )
    return [...commands, `= ${this.#state.status}`]
  }

  #run(command: string, words: readonly string[]): string[] {
    const before = this.#state
    if (command === 'start') {
      this.#built = this.#definition!.build()
      this.#state = begin(this.#built.plan, null, this.#now)
    } else if (command === 'after') {
      this.#now += durationMs(words[0] as Duration)
      this.#evolve({ type: 'woken', at: this.#now })
    } else if (command !== 'crash') {
      this.#evolve(this.#eventOf(command, words))
    }
    if (this.#state === before) return command === 'crash' ? [] : ['changes nothing']
    // A crash loses everything but what was stored, and that is JSON.
    this.#state = JSON.parse(JSON.stringify(this.#state)) as SagaState
    return this.#state.timeline
      .slice(before?.timeline.length ?? 0)
      .map(({ at, what, step, detail }) =>
        [`${formatDuration(at)} ${what}`, step, detail === undefined ? undefined : `(${detail})`]
          .filter((part) => part !== undefined)
          .join(' '),
      )
  }

  #evolve(event: SagaEvent): void {
    this.#state = evolve(this.#built!.plan, this.#state!, event)
  }

  #eventOf(command: string, [target = '', ...words]: readonly string[]): SagaEvent {
    const at = this.#now
    const [step = '', attempt] = target.split('#')
    const outcome = outcomeOf(command, words)
    if (outcome !== undefined) {
      const number = attempt === undefined ? (this.#state!.steps[step]?.attempt ?? 0) : Number(attempt)
      return { type: 'step-ended', at, step, attempt: number, outcome, chance: 0.5 }
    }
    switch (command) {
      case 'signal':
        return { type: 'signalled', at, signal: target, payload: words.join(' ') }
      case 'cancel':
        return { type: 'cancelled', at }
      case 'undo':
        return { type: 'cancelled', at, evenWhenDone: true }
      case 'retry':
        return { type: 'retried', at }
      case 'resume':
        return { type: 'resumed', at }
      default:
        throw new Error(`a scenario has no command ${command}`)
    }
  }
}

function outcomeOf(command: string, [word = '']: readonly string[]): StepOutcome | undefined {
  switch (command) {
    case 'done':
      return { type: 'done', result: word }
    case 'nothing-to-undo':
      return { type: 'done', note: 'nothing to undo' }
    case 'refuse':
      return { type: 'refused', code: word }
    case 'unknown':
      return { type: 'unknown', message: 'no answer' }
    case 'pending':
      return { type: 'pending', delayMs: 5_000 }
    default:
      return undefined
  }
}

function define(builder: SagaBuilder<unknown>, kind: string, words: readonly string[]): SagaBuilder<unknown> {
  const [name = '', ...options] = words
  if (kind === 'sleep') return builder.sleep(name, options[0] as Duration)
  if (kind === 'signal') return builder.signal(name, optionsOf(options))
  const branches = words
    .join(' ')
    .split(' + ')
    .map((branch) => branch.split(' '))
    .map(([branchName = '', ...branchOptions]) => [branchName, stepOf(branchOptions)] as const)
  return kind === 'step'
    ? builder.step(name, stepOf(options))
    : builder.parallel('together', Object.fromEntries(branches))
}

/** `final` is a step without compensation; `reads` is one without effect. */
function stepOf(words: readonly string[]): StepOptions<unknown, object, unknown> {
  const { refusals, attempts, undo, final, reads, ...rest } = optionsOf(words)
  const backoff = constant({ ms: 1_000 })
  return {
    run: () => null,
    ...(final === true || reads === true ? {} : { compensate: () => null }),
    ...(reads === true ? { effect: 'none' as const } : {}),
    ...(refusals === undefined ? {} : { refusals: (refusals as string).split(',') }),
    retry: { attempts: Number(attempts ?? 2), backoff },
    compensation: { retry: { attempts: Number(undo ?? 2), backoff } },
    ...rest,
  }
}

function optionsOf(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', value] = word.split('=')
      return [name, value ?? true]
    }),
  )
}
