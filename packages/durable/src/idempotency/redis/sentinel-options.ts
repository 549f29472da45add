interface SentinelAddress {
  readonly host: string
  readonly port: number
}

export interface SentinelOptions {
  readonly sentinels: SentinelAddress[]
  readonly name: string
  readonly username?: string
  readonly password?: string
  readonly sentinelUsername?: string
  readonly sentinelPassword?: string
}

const FORM = 'redis+sentinel://host:port,host:port/name'
const ownRights = ['sentinelUsername', 'sentinelPassword'] as const

/**
 * The servers behind sentinels, as `ioredis` takes them: `redis+sentinel://user:password@host:port,host:port/name`, and, where the
 * sentinels themselves want a password, `?sentinelPassword=...` and `&sentinelUsername=...` behind it.
 *
 * @throws {Error} when it is something else; no part of it is shown
 */
export function sentinelOptions(url: string): SentinelOptions {
  const match = /^redis\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@]+)\/([^/?#]+)(?:\?([^#]*))?$/.exec(
    url,
  )
  if (match === null) throw refused(`must be ${FORM}`, 'something else after redis+sentinel:')
  const [, username = '', password = '', hosts = '', name = '', query = ''] = match
  const given = new URLSearchParams(query)
  const unknown = [...given.keys()].find((key) => !ownRights.some((known) => known === key))
  if (unknown !== undefined)
    throw refused(`may have ${ownRights.join(' and ')} behind ${FORM}`, JSON.stringify(unknown))
  const rights = ownRights.flatMap((key) => {
    const value = given.get(key)
    return value === null || value === '' ? [] : [[key, value] as const]
  })
  return {
    name: decodeURIComponent(name),
    sentinels: hosts.split(',').map((address) => {
      const [host = '', port = '26379'] = address.split(':')
      return { host, port: Number(port) }
    }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...Object.fromEntries(rights),
  }
}

const refused = (rule: string, got: string): Error =>
  new Error(`cannot open an idempotency store: url ${rule}, got ${got}`)
