import { expect, it } from 'vitest'
import { createHealth, type ServerGuardOptions } from '../../src/index.js'
import { guardedServer } from './guarded-server.js'

function boom(): never {
  throw new Error('boom')
}

it.each<[string, ServerGuardOptions]>([
  ['route', { route: boom }],
  ['priority', { priority: boom }],
  ['exempt', { exempt: boom }],
])('answers 500 where the function %s throws at a request, and goes on', async (_name, options) => {
  const errors: unknown[] = []
  await using server = await guardedServer((_message, response) => response.end(), {
    ...options,
    onError: (error) => errors.push(error),
  })
  const response = await fetch(server.url)
  expect([response.status, await response.json()]).toMatchObject([500, { code: 'WT_HANDLER_FAILED' }])
  expect([errors, server.guard.inFlight]).toMatchObject([[{ message: 'boom' }], 0])
})

it.each<[string, NonNullable<ServerGuardOptions['onError']>]>([
  ['throws', boom],
  ['rejects', () => Promise.reject(new Error('the log is full'))],
])('answers 500 though whoever hears of errors %s', async (_how, onError) => {
  await using server = await guardedServer(boom, { onError })
  expect((await fetch(server.url)).status).toBe(500)
  expect(server.guard.inFlight).toBe(0)
})

it('takes a priority that is no number for none, and one beyond the bounds for the bound', async () => {
  const given = [NaN, 1e9, -Infinity, 5]
  const read: number[] = []
  await using server = await guardedServer(
    (_message, response, { priority }) => {
      read.push(priority)
      response.end()
    },
    { priority: ({ url }) => given[Number(url!.slice(1))]! },
  )
  for (const index of given.keys()) await fetch(`${server.url}/${index}`)
  expect(read).toEqual([0, 100, -100, 5])
})

it('answers 500 for a page that is none', async () => {
  const health = createHealth({ admin: { '/metrics': () => 'up 1' as never } })
  await using server = await guardedServer((_message, response) => response.end(), { health })
  expect((await fetch(`${server.url}/metrics`)).status).toBe(500)
})
