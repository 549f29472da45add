import { expect, test } from 'vitest'
import { Lane } from './lane.js'

/** A lane with room for one that runs, and who had a turn, in order. */
function busyLane(waiting: number) {
  const lane = new Lane(1)
  const turns: string[] = []
  const enter = (name: string, isAgain: boolean) =>
    lane.enter(() => Promise.resolve(void turns.push(name)), isAgain)
  let free = (): void => {}
  lane.enter(() => new Promise((resolve) => (free = resolve)), false)
  for (let count = 1; count <= waiting; count += 1) enter(`again ${count}`, true)
  const settle = async (): Promise<string[]> => {
    free()
    await new Promise((resolve) => setImmediate(resolve))
    return turns
  }
  return { lane, enter, settle }
}

test('what is asked for the first time goes before what has waited longer to be asked again', async () => {
  const { enter, settle } = busyLane(2)
  enter('first 1', false)
  enter('first 2', false)
  expect(await settle()).toEqual(['first 1', 'first 2', 'again 1', 'again 2'])
})

test('one turn in eight is for what is asked again, so that a backlog ends under any load', async () => {
  const { enter, settle } = busyLane(2)
  for (let count = 1; count <= 15; count += 1) enter(`first ${count}`, false)
  const turns = await settle()
  expect(turns.indexOf('again 1')).toBe(7)
  expect(turns.indexOf('again 2')).toBe(15)
  expect(turns).toHaveLength(17)
})

test('what is asked again takes no place from a first try, and is taken from the store for as long as there are places at all', () => {
  const { lane, enter } = busyLane(1)
  expect(lane).toMatchObject({ places: 0, firstPlaces: 1 })
  const place = enter('first', false)
  expect(place.isWaiting).toBe(true)
  expect(lane).toMatchObject({ places: -1, firstPlaces: 0 })
  place.leave()
  expect(place.isWaiting).toBe(false)
  expect(lane.firstPlaces).toBe(1)
})

test('one in eight of its places is for what is asked again in the store, and none for what it has at hand already', () => {
  expect(new Lane(64).againPlaces).toBe(8)
  const { lane, enter } = busyLane(0)
  expect(lane.againPlaces).toBe(1)
  enter('again 1', true)
  expect(lane.againPlaces).toBe(0)
})
