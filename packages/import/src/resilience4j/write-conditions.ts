import { textsOf } from '../settings/read.js'
import type { Block } from '../writing/block.js'
import { allConditions, readExceptions } from './exceptions.js'
import type { InstanceConfig } from './module-config.js'

const narrowest = ['connect-failure', 'refused-stream']

/**
 * What is tried again. A list of exceptions becomes the conditions that raise them, and never more than that: a class
 * that only the code knows is named, and not widened into every failure. False when nothing is left to be retried.
 */
export function writeConditions(config: InstanceConfig, block: Block): boolean {
  const listed = config.get('retryExceptions')
  const classes = textsOf(listed)
  const ignored = config.get('ignoreExceptions')
  const exceptions = readExceptions(textsOf(ignored))
  const wanted = classes.length === 0 ? allConditions : readExceptions(classes).conditions
  const given = wanted.length === 0 ? narrowest : wanted
  const on = given.filter((condition) => !exceptions.conditions.includes(condition))
  if (ignored !== undefined) {
    const lost = exceptions.unknown
    if (lost.length === 0) ignored.use()
    else
      ignored.decline(
        `a manifest tells failures apart by status and transport: calls that fail by ${names(lost)} are retried where retry.on covers them, use \`when\` of retry() in code`,
      )
  }
  if (on.length === 0) {
    ignored?.note('all that would be retried is ignored, so these calls are not retried')
    return false
  }
  const without = given.length === on.length || ignored === undefined ? '' : `, without ${ignored.source}`
  const text = `[${on.join(', ')}]`
  if (listed === undefined || classes.length === 0) {
    listed?.use()
    block.put(
      'on',
      text,
      `Resilience4j retries every exception that it is not told to ignore; narrow this where you can${without}`,
    )
    return true
  }
  const { unknown } = readExceptions(classes)
  if (unknown.length === 0 && wanted.length > 0) listed.use()
  else if (wanted.length === 0)
    listed.decline(
      `${names(classes)} has no equivalent: only failures to connect are retried, write what you mean into retry.on`,
    )
  else
    listed.decline(
      `${names(unknown)} has no equivalent and is not retried: write retry.on, or use \`when\` of retry() in code`,
    )
  const note = wanted.length === 0 ? 'the narrowest, as none of these has an equivalent' : undefined
  block.put('on', text, [listed.source, note].filter((part) => part !== undefined).join('; ') + without)
  return true
}

function names(classes: readonly string[]): string {
  const simple = classes.map((name) => name.split('.').at(-1) ?? name)
  return simple.length <= 4
    ? simple.join(', ')
    : `${simple.slice(0, 3).join(', ')} and ${simple.length - 3} more`
}
