import type { ForwardingRoute, SystemModel } from '@watertight/manifest'
import type { LoadRequest } from './load-request.js'

/**
 * What can be asked of a gateway without knowing more than its document: `GET` of each operation of its routes that has no
 * parameters, and of the path of each route that names no operations.
 */
export function defaultRequests({ forwardingRoutes }: SystemModel): LoadRequest[] {
  const paths = forwardingRoutes.flatMap((route) => [...pathsOf(route)])
  return [...new Set(paths)].map((path) => ({ method: 'GET', path }))
}

function* pathsOf({ match, operations }: ForwardingRoute): Generator<string> {
  const { pathKind, path, methods, hosts, headers, query } = match
  const isPlain = pathKind !== 'regex' && hosts.length === 0 && headers.length === 0 && query.length === 0
  if (!isPlain || (methods.length > 0 && !methods.includes('GET'))) return
  if (operations.size === 0) yield path
  for (const operation of operations.keys()) {
    const [method, operationPath = ''] = operation.split(' ', 2)
    if (method === 'GET' && !/[:*{]/.test(operationPath)) yield operationPath
  }
}
