import { createServer, type IncomingMessage, type ServerResponse, type Server } from 'node:http'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { createServerGuard } from '@watertight/http'
import { expressGuard } from '@watertight/http/express'
import { fastifyGuard } from '@watertight/http/fastify'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import type { Idempotency } from '../../src/idempotency/idempotency.js'
import { honoIdempotency } from '../../src/idempotency/server/hono.js'

/** What a handler answers to a body; it may take its time, and it may throw. */
export type Work = (body: string) => Promise<WorkAnswer>

export interface WorkAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RunningServer {
  readonly url: string
  /** How many are open, as the server sees it. */
  connections(): Promise<number>
  close(): Promise<void>
}

/** Starts a server which does the work at these routes, with each of these methods, behind guard and idempotency. */
export type StartServer = (idempotency: Idempotency, work: Work) => Promise<RunningServer>

export const ROUTES = ['/charges', '/refunds', '/charges/:account']
const METHODS = ['POST', 'PATCH', 'GET']

export const connectionsOf = (server: Server) => async (): Promise<number> =>
  await promisify(server.getConnections.bind(server))()

export async function listen(server: Server): Promise<RunningServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    connections: connectionsOf(server),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message) text += String(chunk)
  return text
}

async function answerNode(message: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
  const { status, headers, body } = await work(await textOf(message))
  response.writeHead(status, headers)
  response.write(body.slice(0, 3))
  response.end(body.slice(3))
}

export const onError = (): void => undefined

const nodeServer: StartServer = async (idempotency, work) => {
  const guard = createServerGuard({ onError })
  const handler = idempotency.listener((message, response) => answerNode(message, response, work))
  return await listen(createServer(guard.listener(handler)))
}

export function expressServer(create: typeof express): StartServer {
  return async (idempotency, work) => {
    const app = create()
    app.use(expressGuard(createServerGuard({ onError })))
    app.use('/', expressGuard(idempotency), express.text({ type: '*/*' }))
    app.all(ROUTES, (request, response, next) => {
      work(typeof request.body === 'string' ? request.body : '').then(
        ({ status, headers, body }) => response.status(status).set(headers).send(body),
        next,
      )
    })
    return await listen(createServer(app))
  }
}

const fastifyServer: StartServer = async (idempotency, work) => {
  const app = fastify()
  await app.register(fastifyGuard(createServerGuard({ onError })))
  await app.register(fastifyGuard(idempotency))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  for (const url of ROUTES) {
    app.route({
      method: METHODS,
      url,
      handler: async (request, reply) => {
        const { status, headers, body } = await work(request.body as string)
        return await reply.code(status).headers(headers).send(body)
      },
    })
  }
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    connections: connectionsOf(app.server),
    close: async () => {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

const honoServer: StartServer = async (idempotency, work) => {
  const app = new Hono()
  app.onError((_error, context) => context.text('broken', 500))
  app.on(METHODS, ROUTES, honoIdempotency(idempotency), async (context) => {
    const { status, headers, body } = await work(await context.req.text())
    return new Response(body, { status, headers })
  })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    connections: connectionsOf(server),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The servers of the workspace. Others are brought for the packed tests alone. */
export const servers: Readonly<Record<string, StartServer>> = {
  'node:http': nodeServer,
  'Express 5': expressServer(express),
  Fastify: fastifyServer,
  Hono: honoServer,
}
