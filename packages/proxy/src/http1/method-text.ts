import { latin1Text } from './latin1-text.js'
/** The methods that nearly all requests have, by their first letter and length, so that no string is made for them. */
const common: readonly string[] = ['GET', 'POST', 'PUT', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT']

/** The method that stands here. Methods are case-sensitive. */
export function methodText(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  for (let index = 0; index < common.length; index++) {
    const method = common[index]!
    if (method.length === length && isText(bytes, start, method)) return method
  }
  return latin1Text(bytes, start, end)
}

function isText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (bytes[start + at] !== text.charCodeAt(at)) return false
  }
  return true
}
