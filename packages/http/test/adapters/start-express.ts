import { once } from 'node:events'
import { createRequire } from 'node:module'
import express5, { type ErrorRequestHandler } from 'express'
import { expressGuard } from '../../src/server/adapters/express.js'
import { serviceOf, type StartService } from './service.js'

const require = createRequire(import.meta.url)
/** Express 4 has no types here; what the routes use of it is the same. */
const express4 = require('express4') as typeof express5

const startWith = async (express: typeof express5, ...[guard, work]: Parameters<StartService>) => {
  const app = express()
  app.use(expressGuard(guard))
  app.use(express.raw({ type: () => true, limit: Infinity }))
  app.get('/hello', (_request, response) => void response.send('hello'))
  app.get('/scope', (_request, response) => void response.json(work.scope()))
  app.post('/echo', (request, response) => {
    const body = request.body as Buffer
    response.json({ length: body.length, ...work.scope() })
  })
  app.get('/slow', async (_request, response) => {
    await work.slow()
    response.send('slow')
  })
  app.get('/events', async (_request, response) => {
    response.type('text/event-stream')
    for await (const event of work.events()) response.write(event)
    response.end()
  })
  const items = express.Router()
  items.get('/:id', (_request, response) => void response.send('item'))
  app.use('/items', items)
  app.get('/throws', () => {
    throw new Error('thrown by the handler')
  })
  const onError: ErrorRequestHandler = (error: { statusCode?: number }, _request, response, next) => {
    if (response.headersSent) next(error)
    else response.status(error.statusCode ?? 500).end()
  }
  app.use(onError)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return serviceOf(server)
}

export const startExpress: StartService = (guard, work) => startWith(express5, guard, work)

export const startExpress4: StartService = (guard, work) => startWith(express4, guard, work)
