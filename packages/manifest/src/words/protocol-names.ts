/** Those of them that carry events, too: Postgres by its outbox. */
export const brokerNames = ['postgres', 'kafka'] as const

/** What a service speaks. Only to HTTP can all of a policy be applied: of anything else, a proxy sees connections. */
export const protocolNames: readonly ['http1', 'h2', ...typeof brokerNames, 'redis', 'tcp'] = [
  'http1',
  'h2',
  ...brokerNames,
  'redis',
  'tcp',
]

export type Protocol = (typeof protocolNames)[number]

export const protocolDefault: Protocol = 'http1'

/** Whether requests can be told apart. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'http1' || protocol === 'h2'
}
