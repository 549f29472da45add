import type { Redis } from 'ioredis'
import type { CacheClient } from '../../cache/cache-client.js'
import { StoreError } from '../../store/errors.js'
import { shownUrl } from '@watertight/policy/options'
import type { RedisClient } from './redis-client.js'

/** What `ioredis` says of a command that got no answer: neither whose, nor why. */
const UNANSWERED = /^Reached the max retries|^Connection is closed|^Command timed out/

/** What it says of sentinels that let nobody in without a password. */
const SHUT_OUT = /^All sentinels are unreachable.*NOAUTH/
const GUARDED =
  '; sentinels that want a password get it from the end of the URL: redis+sentinel://host,host/name?sentinelPassword=...'

/** A client of `ioredis`, of which each command that gets no answer tells which server gave none, and what it is known to have. */
export class RedisConnection implements RedisClient, CacheClient {
  readonly #client: Redis
  readonly #url: string
  /** Why the connection was lost, or could not be made. */
  #trouble: Error | undefined

  constructor(client: Redis, url: string) {
    this.#client = client
    this.#url = url
    // Without a listener, a lost connection would be printed.
    client.on('error', (error: Error) => (this.#trouble = error))
    client.on('ready', () => (this.#trouble = undefined))
  }

  evalsha(sha: string, keyCount: number, ...given: string[]): Promise<unknown> {
    return this.#told(this.#client.evalsha(sha, keyCount, ...given))
  }

  eval(script: string, keyCount: number, ...given: string[]): Promise<unknown> {
    return this.#told(this.#client.eval(script, keyCount, ...given))
  }

  wait(replicas: number, timeoutMs: number): Promise<number> {
    return this.#told(this.#client.wait(replicas, timeoutMs))
  }

  get(key: string): Promise<string | null> {
    return this.#told(this.#client.get(key))
  }

  set(key: string, value: string, option: 'PXAT', expiresAt: number): Promise<unknown> {
    return this.#told(this.#client.set(key, value, option, expiresAt))
  }

  info(section: string): Promise<string> {
    return this.#told(this.#client.info(section))
  }

  /** Where nobody answers, it is enough not to ask any more. */
  async quit(): Promise<void> {
    await this.#client.quit().catch(() => this.#client.disconnect())
  }

  async #told<Answer>(asking: Promise<Answer>): Promise<Answer> {
    try {
      return await asking
    } catch (error) {
      if (!(error instanceof Error) || !UNANSWERED.test(error.message)) throw error
      const cause = this.#trouble ?? error
      const { message, code } = cause as NodeJS.ErrnoException
      throw new StoreError(
        'WT_STORE_LOST',
        `cannot ask Redis at ${shownUrl(this.#url)}: ${message === '' ? code : message}${SHUT_OUT.test(message) ? GUARDED : ''}`,
        { cause },
      )
    }
  }
}
