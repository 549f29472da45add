import type { Server } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import { packedRequire } from '../packed-require.js'
import { expressGuard } from '../../src/server/adapters/express.js'
import { serviceOf, type StartService, type Work } from './service.js'

type Routed = (path: string) => MethodDecorator

const { Controller, Get, Module, Post, Req, Res } = packedRequire('@nestjs/common') as {
  readonly Controller: () => ClassDecorator
  readonly Get: Routed
  readonly Module: (parts: { readonly controllers: readonly object[] }) => ClassDecorator
  readonly Post: Routed
  readonly Req: () => ParameterDecorator
  readonly Res: () => ParameterDecorator
}
const { NestFactory } = packedRequire('@nestjs/core') as {
  readonly NestFactory: { create(module: object, options: object): Promise<ExpressApplication> }
}

interface ExpressApplication {
  use(handler: RequestHandler): void
  useBodyParser(kind: 'raw', options: object): void
  listen(port: number, host: string): Promise<void>
  getHttpServer(): Server
  close(): Promise<void>
}

/** NestJS on its usual platform, which is Express. Decorators are applied by hand, for tests are compiled without them. */
export const startNest: StartService = async (guard, work) => {
  const app = await NestFactory.create(moduleOf(work), {
    logger: false,
    bodyParser: false,
  })
  app.use(expressGuard(guard))
  app.useBodyParser('raw', { type: () => true, limit: Infinity })
  await app.listen(0, '127.0.0.1')
  return serviceOf(app.getHttpServer(), () => app.close())
}

function moduleOf(work: Work): new () => object {
  class Routes {
    hello(): string {
      return 'hello'
    }
    scope(): object {
      return work.scope()
    }
    echo({ body }: Request, response: Response): void {
      response.status(200).json({ length: (body as Buffer).length, ...work.scope() })
    }
    async slow(): Promise<string> {
      await work.slow()
      return 'slow'
    }
    async events(response: Response): Promise<void> {
      response.type('text/event-stream')
      for await (const event of work.events()) response.write(event)
      response.end()
    }
    item(): string {
      return 'item'
    }
    throws(): never {
      throw new Error('thrown by the handler')
    }
  }
  const route = (name: keyof Routes, decorator: MethodDecorator): unknown =>
    decorator(Routes.prototype, name, Object.getOwnPropertyDescriptor(Routes.prototype, name)!)
  route('hello', Get('hello'))
  route('scope', Get('scope'))
  route('echo', Post('echo'))
  route('slow', Get('slow'))
  route('events', Get('events'))
  route('item', Get('items/:id'))
  route('throws', Get('throws'))
  Req()(Routes.prototype, 'echo', 0)
  Res()(Routes.prototype, 'echo', 1)
  Res()(Routes.prototype, 'events', 0)
  Controller()(Routes)
  class Shop {
    readonly isModule: boolean = true
  }
  Module({ controllers: [Routes] })(Shop)
  return Shop
}
