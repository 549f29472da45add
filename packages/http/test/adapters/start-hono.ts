import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { honoGuard } from '../../src/server/adapters/hono.js'
import { serviceOf, type StartService } from './service.js'

export const startHono: StartService = async (guard, work) => {
  const app = new Hono()
  app.use(honoGuard(guard))
  app.get('/hello', (context) => context.text('hello'))
  app.get('/scope', (context) => context.json(work.scope()))
  app.post('/echo', async (context) => {
    const { byteLength } = await context.req.arrayBuffer()
    return context.json({ length: byteLength, ...work.scope() })
  })
  app.get('/slow', async (context) => {
    await work.slow()
    return context.text('slow')
  })
  app.get('/events', (context) =>
    streamSSE(context, async (stream) => {
      for await (const event of work.events()) await stream.write(event)
    }),
  )
  app.get('/items/:id', (context) => context.text('item'))
  app.get('/throws', () => {
    throw new Error('thrown by the handler')
  })
  app.onError((error, context) =>
    'getResponse' in error && typeof error.getResponse === 'function'
      ? error.getResponse()
      : context.text('failed', 500),
  )
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  if (!server.listening) await once(server, 'listening')
  return serviceOf(server)
}
