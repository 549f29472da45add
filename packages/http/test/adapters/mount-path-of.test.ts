import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, inject, it } from 'vitest'
import { createServerGuard } from '../../src/index.js'
import { expressGuard } from '../../src/server/adapters/express.js'

/** What each request is called, and the base that its handler sees. */
async function requested(paths: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const names: string[] = []
  const bases: string[] = []
  const recorder = {
    started: () => undefined,
    finished: (route: string) => void names.push(route),
    startSpan: () => undefined,
  }
  const destination = (): never => {
    throw new Error('not a client')
  }
  const app = express()
  app.use(expressGuard(createServerGuard({ telemetry: { server: () => recorder, destination } })))
  const named = (): express.Router =>
    express.Router({ mergeParams: true }).get('/profile', (request, response) => {
      bases.push(request.baseUrl)
      response.end()
    })
  app.use('/shop', (_request, _response, next) => next())
  app.use('/users/:id', named())
  app.use(
    '/shop/items',
    express.Router().get('/nothing', (_request, response) => void response.end()),
  )
  app.use('/shop', express.Router().use('/carts', named()))
  app.use('/orgs/:org', express.Router().use('/teams', named()))
  app.get('/profile', (_request, response) => {
    bases.push('')
    response.end()
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const path of paths) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    await expect.poll(() => names.length).toBe(bases.length)
  }
  server.closeAllConnections()
  server.close()
  return names.map((name, index) => [name, bases[index]!])
}

it('never names a route of a sub-router after what a caller has put into its path', async () => {
  const paths = [
    '/users/0@mail/profile',
    '/shop/carts/profile',
    '/SHOP/Carts/profile',
    '/orgs/acme/teams/profile',
  ]
  expect(await requested([...paths, '/profile'])).toEqual([
    ['GET */profile', '/users/0@mail'],
    ['GET /shop/carts/profile', '/shop/carts'],
    ['GET /shop/carts/profile', '/SHOP/Carts'],
    ['GET */profile', '/orgs/acme/teams'],
    ['GET /profile', ''],
  ])
})

/** Express 4 among the packed tests, where it is installed; its types are not here, and what is used of it is the same. */
const version =
  inject('packedFolder') === undefined
    ? express
    : ((await import('../packed-require.js')).packedRequire('express4') as typeof express)

it('answers 404 where Express has no route, and 500 where a handler fails, and goes on', async () => {
  const app = version()
  app.set('env', 'test')
  app.use(expressGuard(createServerGuard()))
  // In front of the routes once more, as what admits requests besides the guard is.
  app.use(expressGuard(createServerGuard()))
  app.get('/broken', (_request, _response, next) => next(new Error('out of order')))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).status
  try {
    expect([await statusOf('/nowhere'), await statusOf('/broken'), await statusOf('/nowhere')]).toEqual([
      404, 500, 404,
    ])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
