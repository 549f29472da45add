const MAPPED = '::ffff:'

/**
 * From where a connection comes. A listener for both families tells callers of IPv4 in the letters of IPv6, by which
 * neither a service behind the proxy nor whoever reads its log knows them again.
 */
export function callerAddress({
  remoteAddress = '',
}: {
  readonly remoteAddress?: string | undefined
}): string {
  const isMapped = remoteAddress.startsWith(MAPPED) && remoteAddress.includes('.')
  return isMapped ? remoteAddress.slice(MAPPED.length) : remoteAddress
}
