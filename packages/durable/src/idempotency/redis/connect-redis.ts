import type { Redis as RedisConstructor } from 'ioredis'
import { StoreError } from '../../store/errors.js'
import { RedisConnection } from './redis-connection.js'
import { sentinelOptions } from './sentinel-options.js'

const COMMAND_MS = 5_000

/**
 * Connects to `redis://host:port/db`, or `rediss://` with TLS; or, through its sentinels, to whichever server is the
 * primary of `redis+sentinel://host:port,host:port/name`. Needs the package `ioredis`.
 *
 * A command whose connection is lost fails at once and is not sent again by the client: a claim made twice must be known
 * for one, which the store sees to.
 */
export async function connectRedis(url: string): Promise<RedisConnection> {
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
  return new RedisConnection(client, url)
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
