import { describe, expect, it } from 'vitest'
import { corpus } from './corpus/corpus.js'
import { HIDDEN_PATH } from './corpus/hostile-request.js'
import { readRequests } from './read-requests.js'

/** Well formed for the codec: what refuses them knows routes and policies. */
const REFUSED_FURTHER_UP = new Set(['CONNECT', 'TRACE'])

describe.each(corpus)('$name ($source)', ({ requests }) => {
  it.each(requests)('$name: $answer', ({ name, bytes, answer }) => {
    const reading = readRequests(Buffer.from(bytes, 'latin1'))
    expect(reading.requests.map(({ target }) => target)).not.toContain(HIDDEN_PATH)
    if (answer === 'forwarded' || REFUSED_FURTHER_UP.has(name)) {
      expect(reading).toMatchObject({ refused: undefined, isUnderWay: false })
      expect(reading.requests.length).toBeGreaterThan(0)
    } else {
      expect(answer).toContain(reading.refused)
    }
  })

  it.each(requests.filter(({ bytes }) => bytes.length < 2_000))(
    '$name: the same byte by byte',
    ({ bytes }) => {
      const all = Buffer.from(bytes, 'latin1')
      const everywhere = Array.from({ length: all.length - 1 }, (_, index) => index + 1)
      expect(readRequests(all, everywhere)).toEqual(readRequests(all))
    },
  )
})
