import { BAD, type Family, HIDDEN, get, post } from './hostile-request.js'

const hiddenLength = String(HIDDEN.length)

/** Where does the body end? Two readers who disagree see two different next requests. */
export const bodyLengths: Family = {
  name: 'lengths that can be read in two ways',
  source: 'Watchfire 2005; Kettle, HTTP Desync Attacks, 2019; RFC 9112, section 6.3',
  requests: [
    {
      name: 'both a length and chunks, the length the shorter',
      bytes: post(['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`),
      answer: BAD,
    },
    {
      name: 'both a length and chunks, the length the longer',
      bytes: post(
        ['Transfer-Encoding: chunked', `Content-Length: ${HIDDEN.length + 5}`],
        `0\r\n\r\n${HIDDEN}`,
      ),
      answer: BAD,
    },
    {
      name: 'both chunks and a length of nothing',
      bytes: post(['Content-Length: 0', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`),
      answer: BAD,
    },
    {
      name: 'two lengths that differ',
      bytes: post(['Content-Length: 0', `Content-Length: ${hiddenLength}`], HIDDEN),
      answer: BAD,
    },
    {
      name: 'two lengths that are the same',
      bytes: post(['Content-Length: 5', 'Content-Length: 5'], 'hello'),
      answer: BAD,
    },
    {
      name: 'two lengths in one line that differ',
      bytes: post([`Content-Length: 0, ${hiddenLength}`], HIDDEN),
      answer: BAD,
    },
    {
      name: 'two lengths in one line that are the same',
      bytes: post(['Content-Length: 5, 5'], 'hello'),
      answer: BAD,
    },
    {
      name: 'two lengths whose names differ in case only',
      bytes: post(['Content-Length: 0', `content-length: ${hiddenLength}`], HIDDEN),
      answer: BAD,
    },
    { name: 'a length with a plus sign', bytes: post(['Content-Length: +5'], 'hello'), answer: BAD },
    { name: 'a length below zero', bytes: post(['Content-Length: -1'], HIDDEN), answer: BAD },
    { name: 'a length of minus zero', bytes: post(['Content-Length: -0'], HIDDEN), answer: BAD },
    { name: 'a length in hexadecimal', bytes: post(['Content-Length: 0x5'], 'hello'), answer: BAD },
    {
      name: 'a length with hexadecimal digits',
      bytes: post(['Content-Length: 1a'], 'x'.repeat(26)),
      answer: BAD,
    },
    { name: 'a length with an exponent', bytes: post(['Content-Length: 1e1'], 'x'.repeat(10)), answer: BAD },
    { name: 'a length with a point', bytes: post(['Content-Length: 5.0'], 'hello'), answer: BAD },
    {
      name: 'a length with a space inside',
      bytes: post(['Content-Length: 1 0'], 'x'.repeat(10)),
      answer: BAD,
    },
    {
      name: 'a length with an underscore',
      bytes: post(['Content-Length: 1_0'], 'x'.repeat(10)),
      answer: BAD,
    },
    { name: 'a length in quotes', bytes: post(['Content-Length: "5"'], 'hello'), answer: BAD },
    { name: 'an empty length', bytes: post(['Content-Length: '], HIDDEN), answer: BAD },
    { name: 'a length of letters', bytes: post(['Content-Length: five'], 'hello'), answer: BAD },
    {
      name: 'a length that overflows 64 bits into a small one',
      bytes: post(['Content-Length: 18446744073709551621'], 'hello'),
      answer: [400, 413],
    },
    {
      name: 'a length beyond what a double counts exactly',
      bytes: post(['Content-Length: 9007199254740993'], 'hello'),
      answer: [400, 413],
    },
    {
      name: 'a length of four hundred digits',
      bytes: post([`Content-Length: ${'9'.repeat(400)}`], 'hello'),
      answer: [400, 413],
    },
    {
      name: 'a length with a vertical tab before it',
      bytes: post([`Content-Length: \v${hiddenLength}`], HIDDEN),
      answer: BAD,
    },
    {
      name: 'a length with a form feed behind it',
      bytes: post([`Content-Length: ${hiddenLength}\f`], HIDDEN),
      answer: BAD,
    },
    {
      name: 'a length of digits of another script',
      bytes: post(['Content-Length: \xd9\xa5'], 'hello'),
      answer: BAD,
    },
    {
      name: 'a GET with a body that its length announces',
      bytes: `${get(`Content-Length: ${hiddenLength}`)}${HIDDEN}`,
      answer: 'forwarded',
    },
    {
      name: 'a POST without a length, and a request behind it',
      bytes: `${post([], '')}${get()}`,
      answer: 'forwarded',
    },
  ],
}
