import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { packedRequire } from '../packed-require.js'
import { serviceOf, type StartService } from './service.js'

interface Context {
  readonly path: string
  readonly req: IncomingMessage
  type: string
  body: unknown
}

const Koa = packedRequire('koa') as new () => {
  on(event: 'error', listener: () => void): void
  use(middleware: (context: Context) => Promise<void>): void
  callback(): RequestListener
}

export const startKoa: StartService = async (guard, work) => {
  const app = new Koa()
  app.on('error', () => undefined)
  app.use(async (context) => {
    switch (context.path) {
      case '/hello':
        context.body = 'hello'
        break
      case '/scope':
        context.body = work.scope()
        break
      case '/echo': {
        const { length } = await buffer(context.req)
        context.body = { length, ...work.scope() }
        break
      }
      case '/slow':
        await work.slow()
        context.body = 'slow'
        break
      case '/events':
        context.type = 'text/event-stream'
        context.body = Readable.from(work.events())
        break
      case '/items/7':
        context.body = 'item'
        break
      case '/throws':
        throw new Error('thrown by the handler')
    }
  })
  const handle = app.callback()
  const server = createServer(guard.listener((message, response) => handle(message, response)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return serviceOf(server)
}
