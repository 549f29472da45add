import type { IncomingMessage } from 'node:http'

/** The part of an Express request that the guard reads. */
export interface ExpressRequest extends IncomingMessage {
  baseUrl?: string
  readonly params?: object
  readonly route?: { readonly path?: unknown }
}

/** What stands for a path that has parameters in it: the values are the caller's, and perhaps personal. */
const ANY = '*'

interface Mount {
  /** As the request has it. */
  readonly base: string
  /** As it may be told. */
  readonly label: string
}

const followed = new WeakMap<ExpressRequest, () => string>()

/**
 * Follows under which paths the routers are mounted that a request passes, and gives the one of the last.
 *
 * Express tells it as `baseUrl`, in which parameters are filled in. Whether there are any shows only at the moment at
 * which it is set, when `params` are those of the mounted path; later they are those of the route.
 */
export function mountPathOf(request: ExpressRequest): () => string {
  let mountPath = followed.get(request)
  if (mountPath === undefined) followed.set(request, (mountPath = follow(request)))
  return mountPath
}

function follow(request: ExpressRequest): () => string {
  const mounts: Mount[] = []
  const last = (): Mount => mounts.at(-1) ?? { base: '', label: '' }
  // Where nobody answers, Express puts back what stood there before the first router: nothing.
  const moveTo = (base: string = ''): void => {
    while (mounts.length > 0 && !isBelow(base, last().base)) mounts.pop()
    const { base: above, label } = last()
    if (base === above) return
    const isLiteral = Object.keys(request.params ?? {}).length === 0
    // Paths match in any case, which must not make many labels of one.
    const added = base.slice(above.length).toLowerCase()
    mounts.push({ base, label: isLiteral && label !== ANY ? `${label}${added}` : ANY })
  }
  moveTo(request.baseUrl)
  Object.defineProperty(request, 'baseUrl', {
    configurable: true,
    enumerable: true,
    get: () => last().base,
    set: moveTo,
  })
  return () => last().label
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && (path.length === above.length || path[above.length] === '/')
}
