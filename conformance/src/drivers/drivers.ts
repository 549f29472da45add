import { bareDriver } from './bare/bare-driver.js'
import { clientDriver } from './client/client-driver.js'
import type { Driver } from './driver.js'
import { envoyDriver } from './envoy/envoy-driver.js'
import { proxyDriver, proxyHttp2Driver } from './proxy/proxy-driver.js'

/** Every driver that the table may be run over, in the order of the matrix. */
export const drivers: readonly Driver[] = [
  clientDriver,
  proxyDriver,
  proxyHttp2Driver,
  envoyDriver,
  bareDriver,
]
