import { expect, it } from 'vitest'
import { expressGuard } from '../adapters/express.js'
import { fastifyGuard } from '../adapters/fastify.js'
import { honoGuard } from '../adapters/hono.js'
import { createServerGuard } from './server-guard.js'

it.each([
  [{ limit: 3 } as never, "cannot create server guard: unknown option 'limit'; "],
  [{ bodyBytesMax: -1 }, 'cannot create server guard: bodyBytesMax must be a number >= 0, got -1'],
  [{ retryAfterSeconds: 0.5 }, 'retryAfterSeconds must be an integer >= 0, got 0.5'],
  [{ maxMs: 0 }, 'maxMs must be a number >= 1, got 0'],
  [
    { timeLeft: { minimumSuccessShare: 2 } },
    'timeLeft.minimumSuccessShare must be a number from 0 to 1, got 2',
  ],
  [
    { timeLeft: { minimumSamples: 500 } },
    'timeLeft.minimumSamples must be an integer >= 1 and <= 400, got 500',
  ],
  [{ shedding: { maxLimit: 0 } }, 'cannot create adaptive limit: maxLimit must be an integer >= 1, got 0'],
])('refuses options that it cannot honour (%#)', (options, message) => {
  expect(() => createServerGuard(options)).toThrow(message)
})

it('refuses a listener without a handler, and adapters without a guard, before the first request', () => {
  const handler = undefined as never
  expect(() => createServerGuard().listener(handler)).toThrow(
    'cannot create listener: handler must be a function, got undefined',
  )
  for (const adapter of [expressGuard, fastifyGuard, honoGuard])
    expect(() => adapter({} as never)).toThrow(
      'cannot create middleware: guard must be a server guard, got an object',
    )
})

it('has a limit only when it sheds', () => {
  expect(createServerGuard().limit).toBe(100)
  expect(createServerGuard({ shedding: false }).limit).toBe(Infinity)
})
