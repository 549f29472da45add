import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { honoGuard } from '../../src/server/adapters/hono.js'
import { createServerGuard } from '../../src/index.js'

it('says so when Hono does not run on @hono/node-server', async () => {
  const app = new Hono()
  const errors: Error[] = []
  app.onError((error, context) => {
    errors.push(error)
    return context.text('failed', 500)
  })
  app.use(honoGuard(createServerGuard())).get('/', (context) => context.text('hello'))
  expect((await app.request('/')).status).toBe(500)
  expect(errors).toMatchObject([
    { message: 'cannot guard a Hono request: it must come through @hono/node-server over HTTP/1.1' },
  ])
})
