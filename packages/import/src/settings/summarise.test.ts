import { expect, it } from 'vitest'
import { summarise } from './summarise.js'

const entries = (reason: string, count: number): Parameters<typeof summarise>[0] =>
  Array.from({ length: count }, (_, index) => ({
    file: 'a.yaml',
    path: `routes[${index}].port`,
    line: index + 1,
    reason,
  }))

it('tells what asks for nothing once, with its count', () => {
  expect(summarise(entries('it is known; nothing to do', 2))).toMatchObject([
    { path: 'routes[0].port (and 1 more like it)', line: 1 },
  ])
})

it('tells sixty-three ports of one gateway in one line, and a few one by one', () => {
  expect(summarise(entries('give it to the client', 63))).toMatchObject([
    { path: 'routes[0].port (and 62 more like it)', line: 1 },
  ])
  expect(summarise(entries('give it to the client', 3))).toHaveLength(3)
})

it('tells objects of one kind together', () => {
  const objects = Array.from({ length: 5 }, (_, index) => ({
    file: 'a.yaml',
    path: `Deployment/a${index}`,
    line: index + 1,
    reason: 'init reads it',
  }))
  const service = { file: 'a.yaml', path: 'Service/a', line: 9, reason: 'init reads it' }
  expect(summarise([...objects, service])).toMatchObject([
    { path: 'Deployment/a0 (and 4 more like it)' },
    { path: 'Service/a' },
  ])
})

it('keeps apart what differs by its reason or its file', () => {
  const [one] = entries('give it to the client', 1)
  expect(
    one && summarise([one, { ...one, file: 'b.yaml' }, { ...one, reason: 'write it by hand' }]),
  ).toHaveLength(3)
})
