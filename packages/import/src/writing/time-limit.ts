import type { Block } from './block.js'

/**
 * Sees to it that a call ends. The other systems let a call go without any limit, which is an error in a manifest; so a
 * long one is written, with a comment that asks for a better one.
 */
export function withTimeLimit(timeout: Block, system: string): Block {
  if (timeout.has('attempt') || timeout.has('total')) return timeout
  return timeout.put(
    'total',
    '30s',
    `${system} has no limit here, and a call needs one: measure, and lower it`,
  )
}
