import { expect, test } from 'vitest'
import { sentinelOptions } from './sentinel-options.js'

test.each([
  ['', {}],
  ['ann:secret@', { username: 'ann', password: 'secret' }],
  [':s%2Fecret%40@', { password: 's/ecret@' }],
  ['ann@', { username: 'ann' }],
])('who may use the servers behind sentinels is read from "%s"', (before, expected) => {
  const sentinels = [
    { host: '127.0.0.1', port: 26_380 },
    { host: 'other', port: 26_379 },
  ]
  expect(sentinelOptions(`redis+sentinel://${before}127.0.0.1:26380,other/my%20keys`)).toEqual({
    name: 'my keys',
    sentinels,
    ...expected,
  })
})

test('what sentinels themselves want is read from what follows, and nothing else may', () => {
  const url = 'redis+sentinel://:secret@one/keys'
  expect(sentinelOptions(`${url}?sentinelPassword=s%2F%26t&sentinelUsername=ann`)).toEqual({
    name: 'keys',
    sentinels: [{ host: 'one', port: 26_379 }],
    password: 'secret',
    sentinelUsername: 'ann',
    sentinelPassword: 's/&t',
  })
  expect(sentinelOptions(`${url}?sentinelPassword=`)).not.toHaveProperty('sentinelPassword')
  const wrong = (): unknown => sentinelOptions(`${url}?sentinelpassword=hidden`)
  expect(wrong).toThrow(/may have sentinelUsername and sentinelPassword behind .*, got "sentinelpassword"$/)
  expect(wrong).not.toThrow('hidden')
})

test('sentinels without the name of their primary are refused, without telling the password', () => {
  const wrong = (): unknown => sentinelOptions('redis+sentinel://ann:secret@127.0.0.1:26379')
  expect(wrong).toThrow('url must be redis+sentinel://host:port,host:port/name')
  expect(wrong).not.toThrow('secret')
})
