import { BAD, type Family, HIDDEN, get } from './hostile-request.js'

/** What stands where the version is expected may be called bad or unknown. */
const BAD_VERSION: readonly number[] = [400, 505]

const withLine = (line: string): string => get().replace('GET / HTTP/1.1', line)

/** The first line, where cheap servers are kind. */
export const requestLines: Family = {
  name: 'request lines',
  source: 'RFC 9112, section 3; Host of Troubles, 2016; HTTP Garden, 2024',
  requests: [
    { name: 'two spaces behind the method', bytes: withLine('GET  / HTTP/1.1'), answer: BAD },
    { name: 'two spaces before the version', bytes: withLine('GET /  HTTP/1.1'), answer: BAD_VERSION },
    { name: 'a tab behind the method', bytes: withLine('GET\t/ HTTP/1.1'), answer: BAD },
    { name: 'a space before the method', bytes: withLine(' GET / HTTP/1.1'), answer: BAD },
    { name: 'a space behind the version', bytes: withLine('GET / HTTP/1.1 '), answer: BAD_VERSION },
    { name: 'a space in the target', bytes: withLine('GET /a b HTTP/1.1'), answer: BAD_VERSION },
    { name: 'a carriage return in the target', bytes: withLine('GET /a\rb HTTP/1.1'), answer: BAD },
    { name: 'a NUL in the target', bytes: withLine('GET /a\0b HTTP/1.1'), answer: BAD },
    { name: 'a byte above ASCII in the target', bytes: withLine('GET /caf\xe9 HTTP/1.1'), answer: BAD },
    { name: 'a fragment in the target', bytes: withLine('GET /a#b HTTP/1.1'), answer: BAD },
    { name: 'a target that is no path', bytes: withLine('GET a HTTP/1.1'), answer: BAD },
    { name: 'no target', bytes: withLine('GET HTTP/1.1'), answer: BAD },
    { name: 'no version, as HTTP/0.9 had it', bytes: 'GET /\r\n\r\n', answer: BAD_VERSION },
    { name: 'a version in small letters', bytes: withLine('GET / http/1.1'), answer: BAD_VERSION },
    { name: 'version 1.01', bytes: withLine('GET / HTTP/1.01'), answer: BAD_VERSION },
    { name: 'version 01.1', bytes: withLine('GET / HTTP/01.1'), answer: BAD_VERSION },
    { name: 'version 2.0 on this wire', bytes: withLine('GET / HTTP/2.0'), answer: BAD_VERSION },
    { name: 'version 1.', bytes: withLine('GET / HTTP/1.'), answer: BAD_VERSION },
    { name: 'a method of signs', bytes: withLine('G(ET / HTTP/1.1'), answer: BAD },
    { name: 'an empty method', bytes: withLine('/ HTTP/1.1'), answer: BAD },
    {
      name: 'a method of sixty-four kilobytes',
      bytes: withLine(`${'G'.repeat(65_536)} / HTTP/1.1`),
      answer: [400, 414, 431],
    },
    {
      name: 'a target of a megabyte',
      bytes: withLine(`GET /${'a'.repeat(1_000_000)} HTTP/1.1`),
      answer: [400, 414, 431],
    },
    { name: 'a bare line feed before the request', bytes: `\n${get()}`, answer: BAD },
    { name: 'a line ended by a line feed', bytes: get().replace('HTTP/1.1\r\n', 'HTTP/1.1\n'), answer: BAD },
    {
      name: 'the preface of HTTP/2',
      bytes: `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`,
      answer: BAD_VERSION,
    },
    {
      name: 'a handshake of TLS on a plain port',
      bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      answer: BAD,
    },
    {
      name: 'CONNECT',
      bytes: 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n',
      answer: [400, 403, 404, 405, 501],
    },
    { name: 'TRACE', bytes: withLine('TRACE / HTTP/1.1'), answer: [403, 404, 405, 501] },
    { name: 'an asterisk for another method than OPTIONS', bytes: withLine('GET * HTTP/1.1'), answer: BAD },
    { name: 'an empty line before the request', bytes: `\r\n${get()}`, answer: BAD },
  ],
}
