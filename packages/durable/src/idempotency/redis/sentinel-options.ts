interface SentinelAddress {
  readonly host: string
  readonly port: number
}

/** The servers behind sentinels, as `ioredis` takes them: `redis+sentinel://user:password@host:port,host:port/name`. */
export function sentinelOptions(url: string): {
  sentinels: SentinelAddress[]
  name: string
  username?: string
  password?: string
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
