import { type Family, get, post } from './hostile-request.js'

/** Headers that are for one connection, named to make a proxy drop or keep what it should not. */
export const hopByHop: Family = {
  name: 'hop-by-hop headers',
  source: 'Davison, Abusing hop-by-hop headers, 2019; RFC 9110, section 7.6.1',
  requests: [
    {
      name: 'Connection names a header of its own',
      bytes: get('Connection: close, X-Private', 'X-Private: 1'),
      answer: 'forwarded',
    },
    { name: 'Connection names Host', bytes: get('Connection: close, Host'), answer: [400] },
    {
      name: 'Connection names Content-Length',
      bytes: post(['Connection: Content-Length', 'Content-Length: 5'], 'hello'),
      answer: [400],
    },
    {
      name: 'Connection names Transfer-Encoding',
      bytes: post(['Connection: Transfer-Encoding', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
      answer: [400],
    },
    {
      name: 'Keep-Alive and Proxy-Connection',
      bytes: get('Keep-Alive: timeout=5', 'Proxy-Connection: keep-alive'),
      answer: 'forwarded',
    },
    { name: 'TE asks for trailers', bytes: get('TE: trailers', 'Connection: TE'), answer: 'forwarded' },
    {
      name: 'an upgrade to HTTP/2 in clear text',
      bytes: get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
      answer: 'forwarded',
    },
    { name: 'an Expect that nobody knows', bytes: get('Expect: the-unexpected'), answer: [417] },
    {
      name: 'an Expect twice',
      bytes: post(['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 5'], 'hello'),
      answer: [400, 417],
    },
  ],
}
