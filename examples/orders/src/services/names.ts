import { type EngineName, engineNames } from '@watertight/deploy'

/** The services that are Node: those that tell how they are, and take faults. `canary` is order's next version. */
export const serviceNames = ['order', 'canary', 'inventory', 'payment', 'shipping', 'loyalty'] as const

export type ServiceName = (typeof serviceNames)[number]

/** All processes that have a sidecar; tax is Python. */
export const instanceNames = [...serviceNames, 'tax'] as const

export type InstanceName = (typeof instanceNames)[number]

export type SidecarName = `${InstanceName}-sidecar`

/** What runs `watertight proxy`. */
export type ProxyName = 'gateway' | SidecarName

/** Embedded, `database` is Postgres, for both versions of order, and for shipping, which takes their events there. */
export type DatabaseName = 'database' | 'payment-database'

export type ProcessName = InstanceName | ProxyName | DatabaseName | EngineName

/** What keeps and carries data. */
export const serverNames: readonly (DatabaseName | EngineName)[] = [
  'database',
  'payment-database',
  ...engineNames,
]

/** As wide as the longest, so that what is told of each stands below one another. */
export const nameColumns: number = Math.max(...[...instanceNames, ...serverNames].map(({ length }) => length))

export const proxyNames: readonly ProxyName[] = ['gateway', ...instanceNames.map(sidecarOf)]

export function sidecarOf(instance: InstanceName): SidecarName {
  return `${instance}-sidecar`
}

/** The service of the document that a process is of. */
export function documentName(instance: InstanceName): string {
  return instance === 'canary' ? 'order' : instance
}

/** What the run calls it, as `watertight status` shows it: a version is named after its service, and the database after its store. */
export function programName(name: ProcessName): string {
  if (name === 'database') return 'shop-store'
  if (name === 'payment-database') return 'payments-store'
  return name.replace(/^order(?=$|-)/, 'order-stable').replace(/^canary(?=$|-)/, 'order-canary')
}

/** The other way round. */
export function processName(program: string): ProcessName {
  if (program === 'shop-store') return 'database'
  if (program === 'payments-store') return 'payment-database'
  return program.replace(/^order-stable/, 'order').replace(/^order-canary/, 'canary') as ProcessName
}
