import { Readable } from 'node:stream'
import fastify from 'fastify'
import { fastifyGuard } from '../../src/server/adapters/fastify.js'
import { serviceOf, type StartService } from './service.js'

export const startFastify: StartService = async (guard, work) => {
  const app = fastify({ bodyLimit: 2 ** 30 })
  await app.register(fastifyGuard(guard))
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.get('/hello', () => 'hello')
  app.get('/scope', () => work.scope())
  app.post('/echo', ({ body }) => ({ length: (body as Buffer).length, ...work.scope() }))
  app.get('/slow', async () => {
    await work.slow()
    return 'slow'
  })
  app.get('/events', (_request, reply) => reply.type('text/event-stream').send(Readable.from(work.events())))
  app.get('/items/:id', () => 'item')
  app.get('/throws', () => {
    throw new Error('thrown by the handler')
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return serviceOf(app.server, () => app.close())
}
