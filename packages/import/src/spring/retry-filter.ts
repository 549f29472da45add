import { springDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration, readWhole, textsOf } from '../settings/read.js'
import { readExceptions } from '../resilience4j/exceptions.js'
import { Block } from '../writing/block.js'

const statuses: Readonly<Record<string, string>> = {
  TOO_MANY_REQUESTS: '429',
  REQUEST_TIMEOUT: '408',
  INTERNAL_SERVER_ERROR: '500',
  NOT_IMPLEMENTED: '501',
  BAD_GATEWAY: '502',
  SERVICE_UNAVAILABLE: '503',
  GATEWAY_TIMEOUT: '504',
}
const unset = 'the default of the Retry filter'

/** The filter Retry of Spring Cloud Gateway. `retries` does not count the first try, `attempts` does. */
export function writeRetryFilter(filter: Setting, route: Block): void {
  const args = filter.at('args')
  filter.at('name')?.use()
  if (args === undefined) filter.use()
  const block = new Block()
  const retries = readWhole(args?.at('retries'), 0, 99)
  const [, short] = /=\s*(\d{1,2})\b/.exec(typeof filter.scalar === 'string' ? filter.scalar : '') ?? []
  if (retries !== undefined) block.from('attempts', retries.value + 1, retries.from, 'and the first try')
  else if (short !== undefined)
    block.put('attempts', Number(short) + 1, `${filter.place} Retry; and the first try`)
  else block.put('attempts', 4, `${unset}: three retries`)
  block.put('on', `[${conditions(args).join(', ')}]`, `${filter.place} Retry`)
  block.nest('backoff', backoff(args?.at('backoff')))
  block.put('budget', 'off', 'Spring Cloud Gateway has none; remove this line to get one')
  const methods = textsOf(args?.at('methods'))
  if (methods.length === 0)
    filter.note(
      'the filter retries GET alone unless methods says more: the gateway retries what is idempotent',
    )
  else
    args
      ?.at('methods')
      ?.decline(
        `retries hold for what is idempotent here, and not for ${methods.join(', ')} alone: say which operations are`,
      )
  route.nest('retry', block)
}

function conditions(args: Setting | undefined): string[] {
  const on = new Set<string>()
  const series = textsOf(args?.at('series'))
  const given = textsOf(args?.at('statuses'))
  const unknown: string[] = []
  for (const name of given) {
    const status = /^[45]\d\d$/.test(name) ? name : statuses[name.toUpperCase()]
    if (status === undefined) unknown.push(name)
    else on.add(status)
  }
  for (const name of series) {
    if (name.toUpperCase() === 'SERVER_ERROR') on.add('5xx')
    else unknown.push(name)
  }
  if (series.length === 0 && given.length === 0) on.add('5xx')
  const classes = textsOf(args?.at('exceptions'))
  const { conditions: thrown, unknown: others } = readExceptions(
    classes.length === 0 ? ['IOException', 'TimeoutException'] : classes,
  )
  for (const condition of thrown) on.add(condition)
  for (const key of ['series', 'statuses', 'exceptions']) args?.at(key)?.use()
  if (unknown.length + others.length > 0)
    args?.note(`${[...unknown, ...others].join(', ')} has no equivalent and is not retried: write retry.on`)
  return [...on]
}

function backoff(given: Setting | undefined): Block {
  const block = new Block()
  const first = readDuration(given?.at('firstbackoff'), springDuration)
  const max = readDuration(given?.at('maxbackoff'), springDuration)
  const firstMs = first?.value ?? (given === undefined ? 0 : 5)
  if (first === undefined)
    block.put('initial', durationText(firstMs), given === undefined ? `${unset}: no wait` : unset)
  else block.from('initial', durationText(firstMs), first.from)
  if (max === undefined)
    block.put('max', durationText(Math.max(firstMs, given === undefined ? 0 : 60_000)), unset)
  else block.from('max', durationText(Math.max(max.value, firstMs)), max.from)
  const factor = given?.at('factor')
  if (factor !== undefined && factor.text === '2') factor.use()
  else factor?.decline(`waits double here, they do not grow by ${factor.text}: look at initial and max`)
  const based = given?.at('basedonpreviousvalue')
  based?.decline('each wait here grows from the one before; nothing to do')
  return block.put('jitter', 'none', unset)
}
