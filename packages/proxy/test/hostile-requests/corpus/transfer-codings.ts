import { BAD, BAD_CODING, type Family, HIDDEN, chunked, post } from './hostile-request.js'

const END = `0\r\n\r\n${HIDDEN}`

/** A coding that one reader sees and the next one does not. */
export const transferCodings: Family = {
  name: 'transfer codings in disguise',
  source:
    'Kettle, HTTP Desync Attacks, 2019; Klein, HTTP Request Smuggling in 2020; T-Reqs, 2021; TE.0, 2024',
  requests: [
    { name: 'no coding of that name', bytes: post(['Transfer-Encoding: xchunked'], END), answer: BAD_CODING },
    { name: 'identity', bytes: post(['Transfer-Encoding: identity'], END), answer: BAD_CODING },
    {
      name: 'identity beside a length',
      bytes: post(['Transfer-Encoding: identity', 'Content-Length: 5'], 'hello'),
      answer: BAD_CODING,
    },
    { name: 'an empty coding', bytes: post(['Transfer-Encoding: '], END), answer: BAD_CODING },
    { name: 'chunked in quotes', bytes: post(['Transfer-Encoding: "chunked"'], END), answer: BAD_CODING },
    {
      name: 'chunked twice in one line',
      bytes: post(['Transfer-Encoding: chunked, chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked twice in two lines',
      bytes: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked, then identity in a line of its own',
      bytes: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], END),
      answer: BAD_CODING,
    },
    {
      name: 'identity, then chunked in a line of its own',
      bytes: post(['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked that is not last',
      bytes: post(['Transfer-Encoding: chunked, gzip'], END),
      answer: BAD_CODING,
    },
    { name: 'gzip alone', bytes: post(['Transfer-Encoding: gzip'], END), answer: BAD_CODING },
    {
      name: 'gzip before chunked',
      bytes: post(['Transfer-Encoding: gzip, chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked behind an empty element',
      bytes: post(['Transfer-Encoding: , chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked before an empty element',
      bytes: post(['Transfer-Encoding: chunked,'], END),
      answer: BAD_CODING,
    },
    {
      name: 'chunked with a parameter',
      bytes: post(['Transfer-Encoding: chunked;q=1'], END),
      answer: BAD_CODING,
    },
    {
      name: 'a vertical tab before chunked',
      bytes: post(['Transfer-Encoding: \vchunked'], END),
      answer: BAD_CODING,
    },
    { name: 'a NUL behind chunked', bytes: post(['Transfer-Encoding: chunked\0'], END), answer: BAD_CODING },
    {
      name: 'a no-break space before chunked',
      bytes: post(['Transfer-Encoding: \xa0chunked'], END),
      answer: BAD_CODING,
    },
    {
      name: 'a Kelvin sign in the place of a k',
      bytes: post(['Transfer-Encoding: chun\xe2\x84\xaaed'], END),
      answer: BAD_CODING,
    },
    { name: 'a space before the colon', bytes: post(['Transfer-Encoding : chunked'], END), answer: BAD },
    { name: 'a tab before the colon', bytes: post(['Transfer-Encoding\t: chunked'], END), answer: BAD },
    { name: 'a space before the name', bytes: post([' Transfer-Encoding: chunked'], END), answer: BAD },
    {
      name: 'the coding on a folded line',
      bytes: post(['Transfer-Encoding:', ' chunked'], END),
      answer: BAD,
    },
    {
      name: 'the coding folded by a tab',
      bytes: post(['Transfer-Encoding:', '\tchunked'], END),
      answer: BAD,
    },
    { name: 'the name folded in two', bytes: post(['Transfer-', ' Encoding: chunked'], END), answer: BAD },
    {
      name: 'the coding behind a bare carriage return',
      bytes: post(['X: y\rTransfer-Encoding: chunked'], END),
      answer: BAD,
    },
    {
      name: 'the coding behind a bare line feed',
      bytes: post(['X: y\nTransfer-Encoding: chunked'], END),
      answer: BAD,
    },
    {
      name: 'the coding behind a NUL',
      bytes: post(['X: y\0Transfer-Encoding: chunked'], END),
      answer: BAD,
    },
    {
      name: 'a name with an underscore, beside a length',
      bytes: post(['Transfer_Encoding: chunked', 'Content-Length: 5'], 'hello'),
      answer: 'forwarded',
    },
    {
      name: 'chunks under HTTP/1.0',
      bytes: chunked(END).replace('HTTP/1.1', 'HTTP/1.0'),
      answer: [400, 505],
    },
    {
      name: 'chunked in capital letters',
      bytes: post(['TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n'),
      answer: 'forwarded',
    },
  ],
}
