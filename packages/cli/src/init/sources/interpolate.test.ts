import { expect, it } from 'vitest'
import { interpolate, interpolateAll, readVariables } from './interpolate.js'

const variables = new Map([
  ['HOST', 'payment'],
  ['EMPTY', ''],
])

it.each([
  ['http://${HOST}:80', 'http://payment:80'],
  ['$HOST.local', 'payment.local'],
  ['${NONE:-8080}:80', '8080:80'],
  ['${EMPTY:-x}', 'x'],
  ['${EMPTY-x}', ''],
  ['${HOST:+yes}${NONE:+no}', 'yes'],
  ['${NONE:?it is needed}', ''],
  ['a$$b', 'a$b'],
  ['50 $ and ${', '50 $ and ${'],
])('replaces references as Compose does: %s', (text, expected) => {
  expect(interpolate(text, variables)).toBe(expected)
})

it('reaches every text of a document', () => {
  const document = { a: ['$HOST', { b: '$HOST' }], c: 7, d: null }
  expect(interpolateAll(document, variables)).toEqual({ a: ['payment', { b: 'payment' }], c: 7, d: null })
})

it('reads variables with quotes, comments and references', () => {
  const text = `# ports
PORT=7002 # of payment
export URL="http://payment:\${PORT}/"
RAW='\${PORT}'
HASH=a#b
no variable here
`
  expect(Object.fromEntries(readVariables(text))).toEqual({
    PORT: '7002',
    URL: 'http://payment:7002/',
    RAW: '${PORT}',
    HASH: 'a#b',
  })
})

it('keeps what grows by reference to itself within bounds', () => {
  const doubling = Array.from({ length: 40 }, (_, index) => `A${index + 1}=\${A${index}}\${A${index}}`).join(
    '\n',
  )
  expect(readVariables(`A0=xxxxxxxxxx\n${doubling}`).get('A40')?.length).toBe(4_096)
})
