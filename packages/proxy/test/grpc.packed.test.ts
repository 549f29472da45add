import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { gateway, type RunningProxy } from './running-proxy.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where what is too large for the workspace is installed, beside the packed packages. */
    readonly packedFolder: string
  }
}

const { credentials, makeGenericClientConstructor, Server, ServerCredentials, status } = createRequire(
  join(inject('packedFolder'), 'package.json'),
)('@grpc/grpc-js') as Grpc

/** What this test uses of grpc-js, whose types are not here. */
interface Grpc {
  readonly credentials: { createInsecure(): object }
  readonly ServerCredentials: { createInsecure(): object }
  readonly makeGenericClientConstructor: (service: object, name: string) => EchoClientType
  readonly Server: new () => {
    addService(service: object, handlers: object): void
    bindAsync(address: string, credentials: object, bound: (error: Error | null, port: number) => void): void
    forceShutdown(): void
  }
  readonly status: { readonly INVALID_ARGUMENT: 3; readonly DEADLINE_EXCEEDED: 4; readonly UNAVAILABLE: 14 }
}
type EchoClientType = new (
  address: string,
  credentials: object,
) => {
  close(): void
  readonly [method: string]: (...given: never[]) => unknown
}
type Done = (error: { readonly code: number; readonly details: string } | null, answer?: Buffer) => void
interface Call {
  readonly request: Buffer
  on(event: 'data', listener: (chunk: Buffer) => void): this
  on(event: 'cancelled' | 'end' | 'error', listener: (value?: unknown) => void): this
  once(event: 'data', listener: (chunk: Buffer) => void): this
  write(chunk: Buffer): void
  end(): void
  cancel(): void
}

const bytes = (value: Buffer): Buffer => value

function method(name: string, requestStream: boolean, responseStream: boolean): object {
  return {
    path: `/test.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  }
}

const service = {
  once: method('Once', false, false),
  many: method('Many', false, true),
  both: method('Both', true, true),
}
const EchoClient = makeGenericClientConstructor(service, 'Echo')

interface Handlers {
  readonly once?: (call: Call, done: Done) => void
  readonly many?: (call: Call) => void
  readonly both?: (call: Call) => void
}

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function proxied(
  handlers: Handlers,
  policy: string = 'retry: off',
): Promise<{ client: InstanceType<typeof EchoClient>; proxy: RunningProxy }> {
  const server = new Server()
  const absent = (): never => {
    throw new Error('not asked for')
  }
  server.addService(service, {
    once: handlers.once ?? absent,
    many: handlers.many ?? absent,
    both: handlers.both ?? absent,
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  const proxy = await gateway(`watertight: v1
system: test
services: { up: { port: ${port}, protocol: h2 } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ${policy} }] }`)
  const client = new EchoClient(`127.0.0.1:${proxy.port}`, credentials.createInsecure())
  closing.push(
    () => client.close(),
    () => proxy.close(),
    () => server.forceShutdown(),
  )
  return { client, proxy }
}

type Called = (request: Buffer, options: object, done: Done) => void

async function ask(
  client: InstanceType<typeof EchoClient>,
  text: string,
  options: object = {},
): Promise<string> {
  return await new Promise((resolve, reject) => {
    ;(client['once'] as Called).call(client, Buffer.from(text), options, (error, answer) =>
      error === null ? resolve(String(answer)) : reject(error),
    )
  })
}

describe('gRPC through the proxy', () => {
  it('carries calls, their trailers and their errors', async () => {
    const { client } = await proxied({
      once: ({ request }, done) => {
        if (String(request) === 'bad') done({ code: status.INVALID_ARGUMENT, details: 'not that' })
        else done(null, Buffer.from(`echo ${String(request)}`))
      },
    })
    expect(await ask(client, 'hello')).toBe('echo hello')
    await expect(ask(client, 'bad')).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'not that',
    })
  })

  it('streams both ways', async () => {
    const { client } = await proxied({
      both: (call) => {
        call.on('data', (chunk: Buffer) => call.write(Buffer.from(`<${String(chunk)}>`)))
        call.on('end', () => call.end())
      },
    })
    const call = (client['both'] as () => Call).call(client)
    const got: string[] = []
    const ended = new Promise((resolve) => call.on('end', resolve))
    call.on('data', (chunk: Buffer) => {
      got.push(String(chunk))
      if (got.length < 3) call.write(Buffer.from(String(got.length)))
      else call.end()
    })
    call.write(Buffer.from('0'))
    await ended
    expect(got).toEqual(['<0>', '<1>', '<2>'])
  })

  it('tries again what is unavailable, where the policy says so', async () => {
    let calls = 0
    const { client } = await proxied(
      {
        once: (_call, done) => {
          calls += 1
          if (calls < 3) done({ code: status.UNAVAILABLE, details: 'not now' })
          else done(null, Buffer.from('at last'))
        },
      },
      'retry: { attempts: 3, on: [unavailable], backoff: { initial: 1ms } }, operations: { "POST /test.Echo/Once": { idempotent: true } }',
    )
    expect(await ask(client, 'x')).toBe('at last')
    expect(calls).toBe(3)
  })

  it('stops waiting at the deadline of the call, and says so to the service', async () => {
    let cancelled = false
    const { client } = await proxied({ once: (call) => call.on('cancelled', () => (cancelled = true)) })
    await expect(ask(client, 'x', { deadline: Date.now() + 1_500 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    })
    await expect.poll(() => cancelled).toBe(true)
  })

  it('ends the call at the service when the caller cancels', async () => {
    let cancelled = false
    const { client } = await proxied({
      many: (call) => {
        call.write(Buffer.from('first'))
        call.on('cancelled', () => (cancelled = true))
      },
    })
    const call = (client['many'] as (request: Buffer) => Call).call(client, Buffer.from('x'))
    call.on('error', () => undefined)
    await new Promise((resolve) => call.once('data', resolve))
    call.cancel()
    await expect.poll(() => cancelled).toBe(true)
  })

  it('answers in the words of gRPC where the proxy answers itself', async () => {
    const { client, proxy } = await proxied({}, 'timeout: { total: 50ms }, retry: off')
    await expect(ask(client, 'x')).rejects.toMatchObject({ code: expect.any(Number) })
    const unreachable = await gateway(`watertight: v1
system: test
services: { up: { port: 9, protocol: h2 } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off }] }`)
    const other = new EchoClient(`127.0.0.1:${unreachable.port}`, credentials.createInsecure())
    closing.push(
      () => other.close(),
      () => unreachable.close(),
    )
    await expect(ask(other, 'x')).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: 'upstream connect error',
    })
    expect(proxy.lines.length).toBeGreaterThan(0)
  })
})
