import { expect, test } from 'vitest'
import { unexecutedCalls } from './unexecuted-calls.js'

const breachesOf = (text: string): string[] => unexecutedCalls({ path: 'README.md', text })
const block = "```ts\nconst call = pay({ id: 1 }).fetch('/a')\n```\n"

test('a call within a sentence that no block makes is told, with its line', () => {
  expect(
    breachesOf(`# A\n\n${block}\nThen \`pay(order).fetch('/a')\` pays, as \`pay(order)\` does.\n`),
  ).toEqual(["README.md:7 says `pay(order).fetch('/a')`, and no block of it makes that call"])
  expect(breachesOf("Or `total('a \\| b')`")).toHaveLength(1)
})

test('a call that a block makes may stand in a sentence, and so may names, pieces and shells', () => {
  expect(breachesOf(`${block}So \`pay({id: 1})\`, and \`pay({ id: 1 }).fetch("/a")\`.`)).toEqual([])
  expect(
    breachesOf('`close()`, `pay`, `createHealth(...)`, `npm run x`, `{ a: 1 }`, `const a = f(1)`'),
  ).toEqual([])
})
