import { connect as connectHttp2 } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { eventually } from '../running-proxy.js'
import { Scene } from './scene.js'

const scene = new Scene()

/** 16 MB of nothing in some 16 KB, and bytes that say of themselves that they are coded and are not. */
const bomb = gzipSync(Buffer.alloc(16 << 20), { level: 9 })
const coded = [
  ['a bomb', bomb],
  ['a body that is cut in the midst of its code', bomb.subarray(0, 999)],
  ['a body that only says that it is coded', Buffer.from('this is no gzip')],
] as const

const headOf = (line: string, body: Buffer): string =>
  `${line}\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`

it.each(coded)(
  '%s in an answer reaches the caller byte for byte, for nobody inflates it',
  async (_, body) => {
    const service = await scene.service(({ socket }) => {
      socket.write(headOf('HTTP/1.1 200 OK', body))
      socket.write(body)
    })
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy, 'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    const text = body.toString('latin1')
    await eventually(() => caller.received.length >= text.length && caller.received.endsWith(text))
    expect(caller.received).toContain('Content-Encoding: gzip\r\n')
    expect(proxy.lines.at(-1)).toMatchObject({ status: 200, flags: '', bytesSent: body.length })
  },
)

it.each(coded)('%s in a request is measured as it comes, and reaches the service so', async (_, body) => {
  const service = await scene.service(({ socket, received }) => {
    if (received.endsWith(body.toString('latin1'))) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
  })
  const proxy = await scene.gateway(service.port, 'limits: { body: 64KiB }')
  const caller = scene.caller(proxy, headOf('POST / HTTP/1.1', body) + body.toString('latin1'))
  expect(await caller.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 204 /)
  expect(service.connections[0]!.received.split('\r\n\r\n')[0]).toMatch(/content-encoding: gzip/i)
})

it('a bomb over HTTP/2 is passed on as it is, too', async () => {
  const service = await scene.service(({ socket }) => {
    socket.write(headOf('HTTP/1.1 200 OK', bomb))
    socket.write(bomb)
  })
  const proxy = await scene.gateway(service.port)
  const session = connectHttp2(`http://127.0.0.1:${proxy.port}`)
  onTestFinished(() => session.destroy())
  const stream = session.request({ ':path': '/' })
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => stream.on('end', resolve))
  expect(Buffer.concat(chunks).equals(bomb)).toBe(true)
})
