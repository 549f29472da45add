import type { HeaderBlock } from './header-block.js'
import { DROPPED_HEADER, knownHeaders } from './header-names.js'
import { octetClass, TOKEN } from './octets.js'
import { listMembers } from './list-members.js'

/** Headers that `Connection` may not take from a message: without them nobody knows where it goes, or where it ends. */
const framing: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'trailer',
  'content-type',
])

/** What the `Connection` header of a message says. */
export interface ConnectionOptions {
  close: boolean
  keepAlive: boolean
  upgrade: boolean
}

/**
 * Reads every `Connection` header into `options`, and marks the headers that it names as not to be forwarded (RFC 9110,
 * section 7.6.1). `false` when it is no list of tokens, or names a header that frames the message.
 */
export function readConnection(block: HeaderBlock, options: ConnectionOptions): boolean {
  options.close = false
  options.keepAlive = false
  options.upgrade = false
  for (
    let index = block.indexOf(knownHeaders.connection);
    index >= 0;
    index = block.indexOf(knownHeaders.connection, index + 1)
  ) {
    if (block.valueIs(index, 'keep-alive')) options.keepAlive = true
    else if (block.valueIs(index, 'close')) options.close = true
    else if (!readList(block, index, options)) return false
  }
  return true
}

function readList(block: HeaderBlock, index: number, options: ConnectionOptions): boolean {
  for (const member of listMembers(block.valueText(index))) {
    const name = member.toLowerCase()
    if (name === '') continue
    if (!isToken(name) || framing.has(name)) return false
    if (name === 'close') options.close = true
    else if (name === 'keep-alive') options.keepAlive = true
    else if (name === 'upgrade') options.upgrade = true
    // As it came it is never passed on. What it says of trailers is said anew, whether its sender named it here, as he must, or not.
    else if (name !== 'te') dropNamed(block, name)
  }
  return true
}

function dropNamed(block: HeaderBlock, name: string): void {
  for (let index = 0; index < block.count; index++) {
    if (block.idAt(index) !== DROPPED_HEADER && block.nameText(index) === name) block.drop(index)
  }
}

export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if ((octetClass[text.charCodeAt(at)] ?? 0) & TOKEN) continue
    return false
  }
  return text !== ''
}
