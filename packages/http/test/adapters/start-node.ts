import { once } from 'node:events'
import { createServer } from 'node:http'
import type { GuardedHandler } from '../../src/index.js'
import { serviceOf, type StartService } from './service.js'

export const startNode: StartService = async (guard, work) => {
  const handler: GuardedHandler = async (message, response) => {
    switch (message.url ?? '') {
      case '/hello':
        return response.end('hello')
      case '/scope':
        return response.end(JSON.stringify(work.scope()))
      case '/echo': {
        let length = 0
        for await (const chunk of message as AsyncIterable<Buffer>) length += chunk.length
        return response.end(JSON.stringify({ length, ...work.scope() }))
      }
      case '/slow':
        await work.slow()
        return response.end('slow')
      case '/events':
        response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
        for await (const event of work.events()) response.write(event)
        return response.end()
      case '/items/7':
        return response.end('item')
      case '/throws':
        throw new Error('thrown by the handler')
      default:
        response.statusCode = 404
        return response.end()
    }
  }
  const server = createServer(guard.listener(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return serviceOf(server)
}
