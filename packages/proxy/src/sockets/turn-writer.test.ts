import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { TurnWriter } from './turn-writer.js'

/** A socket, and what comes at its other end. */
async function connection(): Promise<{ near: Socket; received: () => string }> {
  let text = ''
  const server = createServer((socket) => socket.on('data', (bytes) => (text += bytes.toString('latin1'))))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    near.destroy()
    server.close()
  })
  await once(near, 'connect')
  return { near, received: () => text }
}

/** Everything has been written that this turn of the event loop has come to. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

it('head, body and end of a small message are one write, and so are two messages of one turn', async () => {
  const { near, received } = await connection()
  const writer = new TurnWriter(near)
  writer.add('head ')
  writer.addBytes(Buffer.from('xbodyx'), 1, 5, false)
  writer.add(' end ')
  expect(writer.writes).toBe(0)
  writer.add('another')
  await endOfTurn()
  expect(writer.writes).toBe(1)
  while (received().length < 21) await endOfTurn()
  expect(received()).toBe('head body end another')
})

it('what is large goes out at once, behind what was before it', async () => {
  const { near, received } = await connection()
  const writer = new TurnWriter(near)
  const large = Buffer.alloc(100_000, 'y')
  writer.add('head ')
  writer.addBytes(large, 0, large.length, false)
  expect(writer.writes).toBe(2)
  large.fill('z')
  writer.add(' end')
  while (received().length < 100_009) await endOfTurn()
  expect(received() === `head ${'y'.repeat(100_000)} end`).toBe(true)
})
