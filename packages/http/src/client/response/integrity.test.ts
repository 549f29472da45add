import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { matchesIntegrity } from './integrity.js'

const body = Buffer.from('export default 1')
const hash = (algorithm: string, encoding: 'base64' | 'base64url' = 'base64', of = body): string =>
  `${algorithm}-${createHash(algorithm).update(of).digest(encoding)}`
const other = Buffer.from('export default 2')

describe('matchesIntegrity', () => {
  it.each(['sha256', 'sha384', 'sha512'])('takes the right hash of %s, in either alphabet', (algorithm) => {
    expect(matchesIntegrity(body, hash(algorithm))).toBe(true)
    expect(matchesIntegrity(body, hash(algorithm, 'base64url'))).toBe(true)
    expect(matchesIntegrity(body, `${hash(algorithm)}?an=option`)).toBe(true)
    expect(matchesIntegrity(other, hash(algorithm))).toBe(false)
  })

  it('asks the strongest algorithm alone', () => {
    expect(matchesIntegrity(body, `${hash('sha256', 'base64', other)} ${hash('sha512')}`)).toBe(true)
    expect(matchesIntegrity(body, `${hash('sha256')} ${hash('sha512', 'base64', other)}`)).toBe(false)
  })

  it('takes any of several hashes of it', () => {
    expect(matchesIntegrity(body, `${hash('sha512', 'base64', other)} ${hash('sha512')}`)).toBe(true)
  })

  it.each(['', '  ', 'md5-abc', 'what-is-this'])('finds no promise in %j', (text) => {
    expect(matchesIntegrity(body, text)).toBe(true)
  })

  it.each(['sha256-', 'sha256--', 'sha256-ä', 'invalid sha256-abc='])('does not take %j', (text) => {
    expect(matchesIntegrity(body, text)).toBe(false)
  })
})
