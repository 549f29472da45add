import { BAD, type Family, get } from './hostile-request.js'

const withHost = (...lines: readonly string[]): string => ['GET / HTTP/1.1', ...lines, '', ''].join('\r\n')

/** Who is meant? A cache, a router and a service that read it differently serve one another's tenants. */
export const hosts: Family = {
  name: 'Host',
  source: 'Host of Troubles, 2016; RFC 9112, section 3.2; RFC 3986, section 3.2.2',
  requests: [
    { name: 'no Host', bytes: withHost('X: y'), answer: BAD },
    { name: 'two of them', bytes: withHost('Host: a.example', 'Host: b.example'), answer: BAD },
    { name: 'the same one twice', bytes: withHost('Host: a.example', 'Host: a.example'), answer: BAD },
    { name: 'two in one line', bytes: withHost('Host: a.example, b.example'), answer: BAD },
    { name: 'a space inside', bytes: withHost('Host: a.example b.example'), answer: BAD },
    { name: 'a path behind it', bytes: withHost('Host: a.example/b'), answer: BAD },
    { name: 'a user before it', bytes: withHost('Host: a.example@b.example'), answer: BAD },
    { name: 'a question mark', bytes: withHost('Host: a.example?b'), answer: BAD },
    { name: 'a fragment', bytes: withHost('Host: a.example#b'), answer: BAD },
    { name: 'a port of letters', bytes: withHost('Host: a.example:http'), answer: BAD },
    { name: 'a port beyond 65535', bytes: withHost('Host: a.example:99999'), answer: BAD },
    { name: 'two ports', bytes: withHost('Host: a.example:80:81'), answer: BAD },
    { name: 'an address whose bracket does not close', bytes: withHost('Host: [::1'), answer: BAD },
    { name: 'a space before the colon', bytes: withHost('Host : a.example'), answer: BAD },
    { name: 'a name on a folded line', bytes: withHost('Host:', ' a.example'), answer: BAD },
    {
      name: 'another host in the target',
      bytes: get().replace('GET / ', 'GET http://b.example/ '),
      answer: BAD,
    },
    {
      name: 'a user in the target',
      bytes: get().replace('GET / ', 'GET http://a.example@b.example/ '),
      answer: BAD,
    },
    {
      name: 'another scheme in the target',
      bytes: get().replace('GET / ', 'GET file:///etc/passwd '),
      answer: BAD,
    },
    {
      name: 'the same host in the target',
      bytes: get().replace('GET / ', 'GET http://a.example/ '),
      answer: 'forwarded',
    },
    { name: 'an address of IPv6 with a port', bytes: withHost('Host: [::1]:8080'), answer: 'forwarded' },
  ],
}
