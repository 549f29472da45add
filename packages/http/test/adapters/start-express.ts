import { once } from 'node:events'
import type express from 'express'
import type { ErrorRequestHandler } from 'express'
import { expressGuard } from '../../src/server/adapters/express.js'
import { serviceOf, type StartService } from './service.js'

/** The service on Express 4 or 5. */
export const startExpress =
  (version: typeof express): StartService =>
  async (guard, work) => {
    const app = version()
    app.use(expressGuard(guard))
    app.use(version.raw({ type: () => true, limit: Infinity }))
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
    const items = version.Router()
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
