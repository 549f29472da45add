import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createServerGuard } from '@watertight/http'
import { expressGuard } from '@watertight/http/express'
import express, { type RequestHandler } from 'express'
import { inject } from 'vitest'
import { connectionsOf, expressServer, listen, onError, ROUTES, type StartServer, textOf } from './servers.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where what is too large for the workspace is installed, beside the packed packages. */
    readonly packedFolder: string | undefined
  }
}

const packedRequire = createRequire(join(inject('packedFolder') ?? '', 'package.json'))

// What is used of them; their types are not here, and those of Express 5 do for Express 4.
const express4 = packedRequire('express4') as typeof express

const Koa = packedRequire('koa') as new () => {
  silent: boolean
  use(middleware: (context: KoaContext) => Promise<void>): void
  callback(): RequestListener
}
interface KoaContext {
  readonly req: IncomingMessage
  status: number
  body: unknown
  set(headers: Readonly<Record<string, string>>): void
}

const { All, Controller, Module, Req, Res } = packedRequire('@nestjs/common') as {
  readonly Controller: () => ClassDecorator
  readonly Module: (parts: { readonly controllers: readonly object[] }) => ClassDecorator
  readonly All: (paths: readonly string[]) => MethodDecorator
  readonly Req: () => ParameterDecorator
  readonly Res: () => ParameterDecorator
}
const { NestFactory } = packedRequire('@nestjs/core') as {
  readonly NestFactory: { create(module: object, options: object): Promise<NestApplication> }
}
interface NestApplication {
  use(handler: RequestHandler): void
  listen(port: number, host: string): Promise<void>
  getUrl(): Promise<string>
  getHttpServer(): Server
  close(): Promise<void>
}

const koaServer: StartServer = async (idempotency, work) => {
  const app = new Koa()
  app.silent = true
  app.use(async (context) => {
    const { status, headers, body } = await work(await textOf(context.req))
    context.status = status
    context.set(headers)
    context.body = body
  })
  const guard = createServerGuard({ onError })
  return await listen(createServer(guard.listener(idempotency.listener(app.callback()))))
}

const nestServer: StartServer = async (idempotency, work) => {
  class Charges {
    async charge(request: IncomingMessage & { body?: unknown }, response: express.Response): Promise<void> {
      const { status, headers, body } = await work(typeof request.body === 'string' ? request.body : '')
      response.status(status).set(headers).send(body)
    }
  }
  // What the decorators do, said without them: they would need a setting of the compiler.
  const descriptor = Object.getOwnPropertyDescriptor(Charges.prototype, 'charge')!
  All(ROUTES)(Charges.prototype, 'charge', descriptor)
  Req()(Charges.prototype, 'charge', 0)
  Res()(Charges.prototype, 'charge', 1)
  Controller()(Charges)
  class Application {
    readonly name: string = 'charges'
  }
  Module({ controllers: [Charges] })(Application)
  const app = await NestFactory.create(Application, { logger: false, bodyParser: false })
  app.use(expressGuard(createServerGuard({ onError })))
  app.use(expressGuard(idempotency))
  app.use(express.text({ type: '*/*' }))
  await app.listen(0, '127.0.0.1')
  const connections = connectionsOf(app.getHttpServer())
  return { url: await app.getUrl(), connections, close: () => app.close() }
}

/** The servers that are installed for the packed tests alone. */
export const packedServers: Readonly<Record<string, StartServer>> = {
  'Express 4': expressServer(express4),
  Koa: koaServer,
  NestJS: nestServer,
}
