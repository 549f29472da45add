import { BAD, type Family, HIDDEN, get } from './hostile-request.js'

/** Lines that one reader takes for a header and the next one does not. */
export const headerFields: Family = {
  name: 'header fields',
  source: 'RFC 9112, section 5; HTTP Garden, 2024; advisories of llhttp, 2022 to 2025',
  requests: [
    { name: 'a line without a colon', bytes: get('nonsense'), answer: BAD },
    { name: 'an empty name', bytes: get(': value'), answer: BAD },
    { name: 'a space in a name', bytes: get('X Y: z'), answer: BAD },
    { name: 'a space before the first name', bytes: get().replace('Host', ' Host'), answer: BAD },
    { name: 'a tab before the first name', bytes: get().replace('Host', '\tHost'), answer: BAD },
    { name: 'a folded line', bytes: get('X: a', ' b'), answer: BAD },
    { name: 'a folded line of nothing', bytes: get('X: a', ' '), answer: BAD },
    { name: 'a NUL in a value', bytes: get('X: a\0b'), answer: BAD },
    { name: 'a NUL in a name', bytes: get('X\0: a'), answer: BAD },
    { name: 'a carriage return in a value', bytes: get('X: a\rb'), answer: BAD },
    { name: 'a line feed in a value', bytes: get('X: a\nY: b'), answer: BAD },
    { name: 'a bell in a value', bytes: get('X: a\x07b'), answer: BAD },
    { name: 'a delete character in a value', bytes: get('X: a\x7fb'), answer: BAD },
    { name: 'parentheses in a name', bytes: get('X(y): z'), answer: BAD },
    { name: 'a byte above ASCII in a name', bytes: get('X\xe9: z'), answer: BAD },
    { name: 'a slash in a name', bytes: get('X/Y: z'), answer: BAD },
    { name: 'header lines ended by line feeds', bytes: 'GET / HTTP/1.1\nHost: a.example\n\n', answer: BAD },
    {
      name: 'a head ended by two line feeds',
      bytes: `GET / HTTP/1.1\r\nHost: a.example\n\n${HIDDEN}`,
      answer: BAD,
    },
    {
      name: 'a head ended by CR, LF, CR and another byte',
      bytes: `GET / HTTP/1.1\r\nHost: a.example\r\n\rX${HIDDEN}`,
      answer: BAD,
    },
    {
      name: 'a head ended by carriage returns',
      bytes: `GET / HTTP/1.1\r\nHost: a.example\r\r${HIDDEN}`,
      answer: BAD,
    },
    { name: 'a head of a megabyte', bytes: get(`X: ${'a'.repeat(1_000_000)}`), answer: [400, 431] },
    {
      name: 'ten thousand headers',
      bytes: get(...Array.from({ length: 10_000 }, (_, index) => `X${index}: a`)),
      answer: [400, 431],
    },
    { name: 'a value of bytes above ASCII', bytes: get('X: caf\xe9'), answer: 'forwarded' },
    { name: 'an empty value', bytes: get('X:'), answer: 'forwarded' },
    { name: 'a value between tabs', bytes: get('X:\ta\t'), answer: 'forwarded' },
    { name: 'every sign that a name may have', bytes: get("!#$%&'*+-.^_`|~09: z"), answer: 'forwarded' },
  ],
}
