import type { Redis as RedisConstructor } from 'ioredis'
import { StoreError } from '../../store/errors.js'
import type { CacheClient } from '../../cache/cache-client.js'
import type { RedisClient } from './redis-client.js'

const COMMAND_MS = 5_000

interface SentinelAddress {
  readonly host: string
  readonly port: number
}

/**
 * Connects to `redis://host:port/db`, or `rediss://` with TLS; or, through its sentinels, to whichever server is the
 * primary of `redis+sentinel://host:port,host:port/name`. Needs the package `ioredis`.
 *
 * A command whose connection is lost fails at once and is not sent again by the client: a claim made twice must be known
 * for one, which the store sees to.
 */
export async function connectRedis(url: string): Promise<RedisClient & CacheClient> {
  const Redis = await loadClient()
  const options = {
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_MS,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (tries: number) => Math.min(tries * 50, 1_000),
  }
  const client = url.startsWith('redis+sentinel:')
    ? new Redis({ ...options, ...sentinelOptions(url), sentinelRetryStrategy: options.retryStrategy })
    : new Redis(url, options)
  // Its commands tell what is wrong; without a listener, a lost connection would be printed as well.
  client.on('error', () => undefined)
  return client
}

function sentinelOptions(url: string): {
  sentinels: SentinelAddress[]
  name: string
  username?: string
  password?: string
  sentinelPassword?: string
} {
  const match = /^redis\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@]+)\/([^/?#]+)$/.exec(url)
  if (match === null) {
    throw new Error(
      'cannot open an idempotency store: url must be redis+sentinel://host:port,host:port/name, got something else after redis+sentinel:',
    )
  }
  const [, username = '', password = '', hosts = '', name = ''] = match
  return {
    name: decodeURIComponent(name),
    sentinels: hosts.split(',').map((address) => {
      const [host = '', port = '26379'] = address.split(':')
      return { host, port: Number(port) }
    }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  }
}

async function loadClient(): Promise<typeof RedisConstructor> {
  try {
    return (await import('ioredis')).Redis
  } catch (cause) {
    throw new StoreError(
      'WT_STORE_MISSING_PACKAGE',
      'cannot open an idempotency store in Redis: ioredis must be installed; npm install ioredis',
      { cause },
    )
  }
}
