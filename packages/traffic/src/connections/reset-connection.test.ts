import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { resetConnection } from './reset-connection.js'

/** Both ends of a connection. */
async function connection(): Promise<{ accepted: Socket; mine: Socket; told: string[] }> {
  const server = createServer({ allowHalfOpen: true })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const given = once(server, 'connection') as Promise<[Socket]>
  const mine = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const told: string[] = []
  mine.resume().on('error', (error: NodeJS.ErrnoException) => told.push(error.code!))
  const [accepted] = await given
  return { accepted, mine, told }
}

it('the other side learns that it was no end', async () => {
  const { accepted, mine, told } = await connection()
  accepted.write('half')
  const closed = new Promise((resolve) => mine.once('close', resolve))
  resetConnection(accepted)
  await closed
  expect(told).toEqual(['ECONNRESET'])
})

it('a connection whose end is on its way closes for good, instead of staying open until its process spins', async () => {
  const { accepted, mine } = await connection()
  const failures: unknown[] = []
  accepted.on('error', (error) => failures.push(error))
  accepted.end('all of it')
  const closed = [once(accepted, 'close'), once(mine, 'close')]
  resetConnection(accepted)
  await Promise.all(closed)
  expect(failures).toEqual([])
})
