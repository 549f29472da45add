/** What a service speaks. Only to HTTP can all of a policy be applied: of anything else, a proxy sees connections. */
export const protocolNames = ['http1', 'h2', 'postgres', 'redis', 'kafka', 'tcp'] as const

export type Protocol = (typeof protocolNames)[number]

export const protocolDefault: Protocol = 'http1'

/** Whether requests can be told apart. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'http1' || protocol === 'h2'
}
