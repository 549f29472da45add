import { HeaderField } from './header-field.js'

/** RFC 7541, appendix A, from 1 on. */
export const staticTable: readonly HeaderField[] = [
  ['', ''],
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((status) => [':status', status]),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...['accept-language', 'accept-ranges', 'accept', 'access-control-allow-origin'].map(empty),
  ...['age', 'allow', 'authorization', 'cache-control', 'content-disposition', 'content-encoding'].map(empty),
  ...['content-language', 'content-length', 'content-location', 'content-range', 'content-type'].map(empty),
  ...['cookie', 'date', 'etag', 'expect', 'expires', 'from', 'host', 'if-match'].map(empty),
  ...['if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified'].map(empty),
  ...['link', 'location', 'max-forwards', 'proxy-authenticate', 'proxy-authorization', 'range'].map(empty),
  ...['referer', 'refresh', 'retry-after', 'server', 'set-cookie', 'strict-transport-security'].map(empty),
  ...['transfer-encoding', 'user-agent', 'vary', 'via', 'www-authenticate'].map(empty),
].map(([name, value]) => new HeaderField(name!, value!))

function empty(name: string): [string, string] {
  return [name, '']
}
