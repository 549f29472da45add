import { fieldValue, HpackLines, requestFields } from '../hpack/index.js'
import type { OutgoingHead } from '../upstream/upstream-stream.js'
import { connectionHeaders } from './connection-headers.js'

/** `Host` has a field of its own, before all others. */
const fields = new HpackLines(new Set([...connectionHeaders, 'host']))

/** The head of a request as a block of HTTP/2. */
export function requestBlock({ method, target, lines }: OutgoingHead, scheme: string): string {
  const authority = hostOf(lines)
  return requestFields({ method, scheme, path: target, authority }) + fields.block(lines)
}

function hostOf(lines: string): string {
  const start = /^host:/im.exec(lines)?.index
  if (start === undefined) return ''
  return fieldValue(lines, start + 'host:'.length, lines.indexOf('\r\n', start))
}
