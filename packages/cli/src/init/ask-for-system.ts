import type { Readable, Writable } from 'node:stream'
import { cancel, intro, isCancel, outro, text } from '@clack/prompts'
import { CommandError } from '../program/command-error.js'
import { readCall, readService, sketchFromFlags } from './flags.js'
import type { SystemSketch } from './system-sketch.js'

/** Where questions go and answers come from; the terminal of the process, unless a test stands in for it. */
export interface Conversation {
  readonly input?: Readable
  readonly output?: Writable
}

/**
 * Asks for the system, its services and their calls. Undefined when somebody cancels: nothing is written before the
 * last answer.
 */
export async function askForSystem(
  folderName: string,
  conversation: Conversation = {},
): Promise<SystemSketch | undefined> {
  const ask = asker(conversation)
  intro('A manifest for this folder', conversation)
  const system = await ask('What is the system called?', folderName, () => undefined)
  if (system === undefined) return undefined
  const services = await ask(
    'Its services, with ports if you know them',
    'order=7001, payment=7002',
    (list) => problemOf(list, readService),
  )
  if (services === undefined) return undefined
  const calls = await ask('Which one calls which?', firstCall(services), (list) => problemOf(list, readCall))
  if (calls === undefined) return undefined
  outro('Thank you', conversation)
  return sketchFromFlags({ system, service: items(services), call: items(calls) }, folderName)
}

type Ask = (
  message: string,
  suggestion: string,
  validate: (answer: string) => string | undefined,
) => Promise<string | undefined>

function asker(conversation: Conversation): Ask {
  return async (message, suggestion, validate) => {
    const answer = await text({
      message,
      placeholder: suggestion,
      defaultValue: suggestion,
      validate: (given) => (given === undefined || given === '' ? undefined : validate(given)),
      ...conversation,
    })
    if (!isCancel(answer)) return answer
    cancel('Nothing was written', conversation)
    return undefined
  }
}

function firstCall(services: string): string {
  const [first = 'order', second = 'payment'] = items(services).map((item) => readService(item)[0])
  return `${first} > ${second}`
}

function items(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function problemOf(list: string, read: (item: string) => unknown): string | undefined {
  try {
    items(list).forEach((item) => read(item))
    return undefined
  } catch (error) {
    if (error instanceof CommandError) return error.message.replace(/^cannot read --\w+: /, '')
    throw error
  }
}
