import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { readIntoShared } from './read-into-shared.js'
import { sharedReadBuffer } from './shared-read-buffer.js'

const open: { server?: Server; sockets: Socket[] } = { sockets: [] }

afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  open.server?.close()
})

/** Both ends of one connection to a server that reads by share. */
async function connection(): Promise<readonly [mine: Socket, accepted: Socket]> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
  open.server = server
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { readonly port: number }
  const given = once(server, 'connection') as Promise<[Socket]>
  const mine = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const accepted = readIntoShared((await given)[0])
  open.sockets.push(mine, accepted)
  return [mine, accepted]
}

/** The first so many bytes that come, as they were when they were told. */
async function received(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  const listener = (bytes: Buffer, count: number = bytes.length): void => {
    chunks.push(Buffer.from(bytes.subarray(0, count)))
  }
  socket.on('data', listener)
  while (Buffer.concat(chunks).length < length) await once(socket, 'data')
  socket.off('data', listener)
  return Buffer.concat(chunks)
}

it('each read tells the buffer that all share, and how much of it has come', async () => {
  const [mine, accepted] = await connection()
  const told: unknown[] = []
  accepted.on('data', (bytes: Buffer, count: number) => {
    told.push([bytes === sharedReadBuffer, bytes.toString('latin1', 0, count)])
  })
  mine.write('the first')
  await once(accepted, 'data')
  mine.write('other')
  await once(accepted, 'data')
  expect(told).toEqual([
    [true, 'the first'],
    [true, 'other'],
  ])
})

it('a caller that has said its last word still gets an answer, and its end is told', async () => {
  const [mine, accepted] = await connection()
  const ended = once(accepted, 'end')
  accepted.on('data', () => undefined)
  mine.end('ask')
  await ended
  accepted.end('answer')
  expect(await text(mine)).toBe('answer')
})

it('nothing is told while it is paused, and all of it afterwards', async () => {
  const [mine, accepted] = await connection()
  const heard: string[] = []
  accepted.on('data', (bytes: Buffer, count: number) => heard.push(bytes.toString('latin1', 0, count)))
  mine.write('one')
  await once(accepted, 'data')
  accepted.pause()
  mine.write('two')
  // What is written to the other side is read there, after what was to be read here before it.
  accepted.write('sync')
  await once(mine, 'data')
  expect(heard).toEqual(['one'])
  accepted.resume()
  await once(accepted, 'data')
  expect(heard).toEqual(['one', 'two'])
})

it('tells from where the caller connects, and what a large message holds', async () => {
  const [mine, accepted] = await connection()
  expect([accepted.remoteAddress, accepted.remotePort]).toEqual(['127.0.0.1', mine.localPort])
  const large = Buffer.alloc(300_000, 'abcdefghij')
  mine.write(large)
  expect((await received(accepted, large.length)).equals(large)).toBe(true)
})

it('a socket whose handle takes no buffer is read as it would be otherwise', async () => {
  const server = createServer({ pauseOnConnect: true })
  open.server = server
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { readonly port: number }
  const given = once(server, 'connection') as Promise<[Socket]>
  const mine = connect(port, '127.0.0.1')
  const [socket] = await given
  open.sockets.push(mine, socket)
  const { _handle: handle } = socket as unknown as { readonly _handle: object }
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined })
  expect(readIntoShared(socket)).toBe(socket)
  mine.write('hello')
  expect((await received(socket, 5)).toString()).toBe('hello')
})
