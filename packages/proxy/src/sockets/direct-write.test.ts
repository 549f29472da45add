import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { directWrite } from './direct-write.js'

/** Both ends of one connection; nobody reads from `far` yet. */
async function connection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const given = once(server, 'connection') as Promise<[Socket]>
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(near, 'connect')
  const [far] = await given
  onTestFinished(() => void [near, far].map((socket) => socket.destroy()))
  // The first write of a process teaches how it is done.
  if (directWrite(near, '-', () => undefined) < 0) near.write('-', 'latin1')
  expect(String(((await once(far, 'data')) as [Buffer])[0])).toBe('-')
  far.pause()
  return { near, far }
}

/** Whether the platform makes a request for each write, which is what can be spared. */
async function makesRequests(): Promise<boolean> {
  const { near } = await connection()
  const { _handle: handle } = near as unknown as {
    _handle: { writeLatin1String: (request: unknown, text: string) => unknown }
  }
  const write = handle.writeLatin1String.bind(handle)
  return await new Promise((resolve) => {
    handle.writeLatin1String = (request, text) => {
      resolve(request !== null)
      return write(request, text)
    }
    near.write('a', 'latin1')
  })
}

it('is nothing where the platform makes no request for a write that is over at once', async () => {
  const direct = await makesRequests()
  const { near, far } = await connection()
  const left = directWrite(near, 'a', () => undefined)
  if (left < 0) near.write('a', 'latin1')
  far.resume()
  expect(String(((await once(far, 'data')) as [Buffer])[0])).toBe('a')
  expect(left).toBe(direct ? 0 : -1)
})

it('what is written comes as it was', async () => {
  const { near, far } = await connection()
  if (directWrite(near, 'caf\u00e9', () => undefined) < 0) near.write('caf\u00e9', 'latin1')
  far.resume()
  const [bytes] = (await once(far, 'data')) as [Buffer]
  expect(bytes.toString('latin1')).toBe('caf\u00e9')
})

it('a reader that does not keep up gets all of it in order, and the writer hears when the system has taken it', async () => {
  const { near, far } = await connection()
  const text = 'x'.repeat(16_000)
  let sent = ''
  let isTaken = false
  let left = 0
  if (!(await makesRequests())) return
  for (let index = 0; left === 0; index++) {
    const part = `${index} ${text}`
    left = directWrite(near, part, () => (isTaken = true))
    sent += part
  }
  expect([left > 0, isTaken]).toEqual([true, false])
  near.end('the end')
  let received = ''
  for await (const bytes of far as AsyncIterable<Buffer>) received += bytes.toString('latin1')
  expect(isTaken).toBe(true)
  expect(received === `${sent}the end`).toBe(true)
})

it('whoever has written to a connection that is gone hears of it as for any other write', async () => {
  const { near, far } = await connection()
  const failure = new Promise<NodeJS.ErrnoException>((resolve) => near.once('error', resolve))
  far.resetAndDestroy()
  await once(far, 'close')
  if (directWrite(near, 'lost', () => undefined) < 0) near.write('lost', 'latin1')
  expect((await failure).code).toMatch(/^(EPIPE|ECONNRESET)$/)
})

it('is nothing for a socket that is connecting, corked, or has something to write first', async () => {
  const { near } = await connection()
  near.cork()
  expect(directWrite(near, 'a', () => undefined)).toBe(-1)
  near.write('b')
  near.uncork()
  const early = connect((near.remotePort as number) ?? 0, '127.0.0.1').on('error', () => undefined)
  onTestFinished(() => void early.destroy())
  expect(directWrite(early, 'a', () => undefined)).toBe(-1)
})
