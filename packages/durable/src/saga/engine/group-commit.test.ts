import { expect, test } from 'vitest'
import { GroupCommit } from './group-commit.js'

const passing = new Error('the connection was lost')

function groups(send: (items: readonly number[]) => Promise<readonly number[]>): GroupCommit<number, number> {
  return new GroupCommit({
    send,
    isPassing: (error) => error === passing,
    pause: async () => {},
    statementsMax: 3,
    itemsMax: 100,
  })
}

test('what is submitted together goes in few statements, at most three at once, each answer to its own item', async () => {
  let [underWay, most, statements] = [0, 0, 0]
  const group = groups(async (items) => {
    statements += 1
    most = Math.max(most, (underWay += 1))
    await new Promise((resolve) => setImmediate(resolve))
    underWay -= 1
    return items.map((item) => item * 2)
  })
  const answers = await Promise.all(Array.from({ length: 300 }, (_, item) => group.submit(item)))
  expect(answers).toEqual(Array.from({ length: 300 }, (_, item) => item * 2))
  expect(most).toBe(3)
  expect(statements).toBeLessThan(10)
})

test('one item that the database does not take fails alone', async () => {
  const group = groups(async (items) => {
    if (items.includes(13)) throw new Error('invalid')
    return items
  })
  const settled = await Promise.allSettled(Array.from({ length: 40 }, (_, item) => group.submit(item)))
  expect(settled.flatMap(({ status }, item) => (status === 'rejected' ? [item] : []))).toEqual([13])
})

test('a statement that met a lost connection is sent again, for as long as it takes', async () => {
  let failures = 5
  const group = groups(async (items) => {
    failures -= 1
    if (failures >= 0) throw passing
    return items
  })
  expect(await group.submit(7)).toBe(7)
})
