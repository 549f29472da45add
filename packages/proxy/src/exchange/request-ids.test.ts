import { expect, it } from 'vitest'
import { RequestIds } from './request-ids.js'

it('ids have the form of a UUID, and no two are alike', () => {
  const ids = new RequestIds()
  const drawn = Array.from({ length: 200_000 }, () => ids.next())
  expect(new Set(drawn).size).toBe(drawn.length)
  const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
  expect(drawn.filter((id) => !uuid.test(id))).toEqual([])
})

it('two sources never draw the same', () => {
  const [one, other] = [new RequestIds(), new RequestIds()]
  expect(one.next()).not.toBe(other.next())
})
