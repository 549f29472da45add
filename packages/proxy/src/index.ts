export { type ListeningPort, Proxy } from './proxy.js'
export type { Posture, ProxyOptions } from './proxy-options.js'
export { UnreachableServiceError } from './upstream/destination-pool.js'
