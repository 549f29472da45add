import { BAD, type Family, HIDDEN, chunked, post } from './hostile-request.js'

/** Inside of a chunked body, where parsers were written last and read least. */
export const chunks: Family = {
  name: 'chunks that end in two places',
  source: 'Funky Chunks, 2025; HTTP Garden, 2024; RFC 9112, section 7.1',
  requests: [
    { name: 'a chunk size with 0x before it', bytes: chunked(`0x5\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk size with a plus sign', bytes: chunked(`+5\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk size below zero', bytes: chunked(`-1\r\n${HIDDEN}`), answer: BAD },
    {
      name: 'a chunk size with an underscore',
      bytes: chunked(`1_0\r\n${'x'.repeat(16)}\r\n0\r\n\r\n`),
      answer: BAD,
    },
    { name: 'a chunk size with a space before it', bytes: chunked(` 5\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk size with a space behind it', bytes: chunked(`5 \r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk size with a tab behind it', bytes: chunked(`5\t\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'no chunk size at all', bytes: chunked(`\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk size of letters that are no digits', bytes: chunked(`xyz\r\n${HIDDEN}`), answer: BAD },
    {
      name: 'a chunk size that overflows 64 bits into zero',
      bytes: chunked(`10000000000000000\r\n\r\n${HIDDEN}`),
      answer: [400, 413],
    },
    {
      name: 'a chunk size that overflows 32 bits into five',
      bytes: chunked(`100000005\r\nhello\r\n0\r\n\r\n`),
      answer: [400, 413],
    },
    {
      name: 'a chunk size with a hundred zeros before it',
      bytes: chunked(`${'0'.repeat(100)}5\r\nhello\r\n0\r\n\r\n`),
      answer: BAD,
    },
    { name: 'a chunk size ended by a bare line feed', bytes: chunked(`5\nhello\r\n0\r\n\r\n`), answer: BAD },
    {
      name: 'a chunk size ended by a bare carriage return',
      bytes: chunked(`5\rhello\r\n0\r\n\r\n`),
      answer: BAD,
    },
    { name: 'a chunk ended by a bare line feed', bytes: chunked(`5\r\nhello\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk with nothing behind it', bytes: chunked(`5\r\nhello0\r\n\r\n`), answer: BAD },
    { name: 'a chunk with two bytes too many', bytes: chunked(`5\r\nhelloXX0\r\n\r\n`), answer: BAD },
    { name: 'a chunk longer than its size', bytes: chunked(`5\r\nhello world\r\n0\r\n\r\n`), answer: BAD },
    { name: 'a chunk ended by CR and another byte', bytes: chunked(`5\r\nhello\rX0\r\n\r\n`), answer: BAD },
    {
      name: 'a line feed inside a chunk extension',
      bytes: chunked(`5;a=b\nc\r\nhello\r\n0\r\n\r\n`),
      answer: BAD,
    },
    {
      name: 'a carriage return inside a chunk extension',
      bytes: chunked(`5;a=b\rc\r\nhello\r\n0\r\n\r\n`),
      answer: BAD,
    },
    { name: 'a NUL inside a chunk extension', bytes: chunked(`5;a=\0\r\nhello\r\n0\r\n\r\n`), answer: BAD },
    {
      name: 'a chunk extension of a hundred thousand bytes',
      bytes: chunked(`5;${'a'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`),
      answer: [400, 413, 431],
    },
    {
      name: 'the last chunk with a line feed alone behind it',
      bytes: chunked(`0\r\n\n${HIDDEN}`),
      answer: BAD,
    },
    { name: 'the last chunk ended by line feeds', bytes: chunked(`0\n\n${HIDDEN}`), answer: BAD },
    { name: 'a trailer line without a colon', bytes: chunked(`0\r\nnonsense\r\n\r\n${HIDDEN}`), answer: BAD },
    { name: 'a trailer line that is folded', bytes: chunked(`0\r\nX: y\r\n z\r\n\r\n`), answer: BAD },
    { name: 'a trailer with a bare line feed', bytes: chunked(`0\r\nX: y\n\r\n${HIDDEN}`), answer: BAD },
    {
      name: 'trailers of a hundred thousand bytes',
      bytes: chunked(`0\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`),
      answer: [400, 413, 431],
    },
    {
      name: 'a length in the trailers',
      bytes: chunked(`0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n`),
      answer: BAD,
    },
    {
      name: 'a request that hides in a chunk',
      bytes: chunked(`${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`),
      answer: 'forwarded',
    },
    {
      name: 'a chunk size in capital letters',
      bytes: chunked(`A\r\n0123456789\r\n0\r\n\r\n`),
      answer: 'forwarded',
    },
    {
      name: 'a chunk extension with a quoted semicolon',
      bytes: chunked(`5;a=";"\r\nhello\r\n0\r\n\r\n`),
      answer: 'forwarded',
    },
    {
      name: 'Expect beside chunks that end at once',
      bytes: post(['Transfer-Encoding: chunked', 'Expect: 100-continue'], '0\r\n\r\n'),
      answer: 'forwarded',
    },
  ],
}
