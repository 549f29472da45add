import { expect, test } from 'vitest'
import { shownUrl } from './shown-url.js'

test.each([
  ['postgres://me:secret@one:5432/orders', 'postgres://***@one:5432/orders'],
  ['kafka://me:pa/ss@one:9092', 'kafka://***@one:9092'],
  ['kafkas://me:p@ss@one:9092', 'kafkas://***@one:9092'],
  ['redis+sentinel://:p?s#s/@one,two/keys', 'redis+sentinel://***@one,two/keys'],
  ['postgres://me:two\nlines@one/orders', 'postgres://***@one/orders'],
  [
    'postgres://one/orders?user=me&password=secret&ssl=true',
    'postgres://one/orders?user=me&password=***&ssl=true',
  ],
  [
    'redis+sentinel://one,two/keys?sentinelPassword=secret&sentinelUsername=me',
    'redis+sentinel://one,two/keys?sentinelPassword=***&sentinelUsername=me',
  ],
  // A scheme that was forgotten.
  ['me:secret@one/orders', '***@one/orders'],
])('a password is in no place of %j that is shown', (url, shown) => {
  expect(shownUrl(url)).toBe(shown)
})

test.each([
  'postgres://one:5432/orders',
  'pglite:./node_modules/@x/data',
  'pglite:memory',
  'http://one:9090/graph?g=1',
  '',
])('%j is shown as it is', (url) => {
  expect(shownUrl(url)).toBe(url)
})
