import type { CalleeEndpoint } from './driver.js'

/** Host and port, as a document has them. */
export function addressOf({ origin }: CalleeEndpoint): string {
  const { hostname, port } = new URL(origin)
  return `${hostname === 'localhost' ? '127.0.0.1' : hostname}:${port}`
}
