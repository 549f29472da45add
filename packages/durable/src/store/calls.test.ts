import { expect, test } from 'vitest'
import { callOf, joinCalls } from './calls.js'

const add = callOf('add($1, $2)', 'sum')
const tell = callOf(`pg_notify('a', $2), tell($1, $2)`, 'told')
const nothing = callOf('nothing()', 'nothing')
const select = 'select $1 as value'

const statement = (text: string, ...values: unknown[]) => ({ text, values })

test('calls that stand next to one another go in one statement, each with its own values', () => {
  const given = [statement(add, 1, 2), statement(nothing), statement(tell, 'x', 'y')]
  expect(joinCalls(given)).toEqual({
    statements: [
      statement(
        `select add($1, $2) as sum, nothing() as nothing, pg_notify('a', $4), tell($3, $4) as told`,
        1,
        2,
        'x',
        'y',
      ),
    ],
    answeredBy: [0, 0, 0],
  })
  expect(joinCalls([statement(tell, 'x', 'y'), statement(add, 1, 2)]).statements).toEqual([
    statement(`select pg_notify('a', $2), tell($1, $2) as told, add($3, $4) as sum`, 'x', 'y', 1, 2),
  ])
})

test('other statements stay where they are, and calls of both sides apart', () => {
  const given = [
    statement(select, 1),
    statement(add, 1, 2),
    statement(select, 2),
    statement(tell, 'x', 'y'),
    statement(nothing),
  ]
  const { statements, answeredBy } = joinCalls(given)
  expect(statements.slice(0, 3)).toEqual(given.slice(0, 3))
  expect(answeredBy).toEqual([0, 1, 2, 3, 3])
})

test('calls whose answers have the same name are not joined: one would hide the other', () => {
  const given = [statement(add, 1, 2), statement(tell, 'x', 'y'), statement(add, 3, 4), statement(nothing)]
  const { statements, answeredBy } = joinCalls(given)
  expect(answeredBy).toEqual([0, 0, 1, 1])
  expect(statements[1]).toEqual(statement('select add($1, $2) as sum, nothing() as nothing', 3, 4))
})
