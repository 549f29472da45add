import { springDuration } from '../settings/durations.js'
import type { KnownKeys, Setting } from '../settings/setting.js'
import { durationText, readDuration } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { canonicalKeys } from '../resilience4j/resilience4j-keys.js'

/** The clients of OpenFeign that are configured by name, and what holds for all others. */
export interface FeignClients {
  readonly named: ReadonlyMap<string, Setting>
  readonly fallback: Setting | undefined
}

const places = [
  ['spring', 'cloud', 'openfeign', 'client', 'config'],
  ['feign', 'client', 'config'],
]

export function feignClients(root: Setting): FeignClients {
  const entries = places.flatMap((keys) => root.at(...keys)?.entries ?? [])
  const named = entries.filter(({ key }) => key !== 'default')
  return {
    named: new Map(named.map((client) => [client.key, client])),
    fallback: entries.find(({ key }) => key === 'default'),
  }
}

/** The time limits of a client, which are limits of one attempt; its own before those of all clients. */
export function feignLimits({ fallback }: FeignClients, client: Setting | undefined): Block {
  const of = (key: string): Setting | undefined => client?.visit().at(key) ?? fallback?.visit().at(key)
  const block = new Block()
  const connect = readDuration(of('connecttimeout'), springDuration)
  if (connect !== undefined && connect.value > 0)
    block.from('connect', durationText(connect.value), connect.from)
  const read = readDuration(of('readtimeout'), springDuration)
  if (read !== undefined && read.value > 0)
    block.from(
      'attempt',
      durationText(read.value),
      read.from,
      'the longest silence in Feign, all of an attempt here',
    )
  return block
}

const own = 'it stays with the client in the code; nothing to do'

const client: KnownKeys = canonicalKeys({
  connectTimeout: 'every client has a limit of its own; nothing to do',
  readTimeout: 'every client has a limit of its own; nothing to do',
  loggerLevel: own,
  retryer:
    'what a class does is not read: write it into retry (feign.Retryer.Default tries 5 times, 100ms to 1s apart)',
  errorDecoder: 'what a class does is not read: write the statuses that are no failures into answers',
  requestInterceptors: own,
  responseInterceptor: own,
  defaultRequestHeaders: own,
  defaultQueryParameters: own,
  dismiss404: 'an answer of 404 is no failure here either; nothing to do',
  decode404: 'an answer of 404 is no failure here either; nothing to do',
  encoder: own,
  decoder: own,
  contract: own,
  capabilities: own,
  micrometer: own,
  url: 'where a callee listens is given to the client; nothing to do',
  followRedirects: own,
  exceptionPropagationPolicy: own,
  queryMapEncoder: own,
  metrics: own,
})

const elsewhere = 'not a time limit of a client; it stays where it is'

/** What stands below `spring.cloud.openfeign` and `feign`. */
export const feignKeys: KnownKeys = canonicalKeys({
  client: canonicalKeys({ config: { '*': client }, '*': elsewhere }),
  '*': elsewhere,
})
