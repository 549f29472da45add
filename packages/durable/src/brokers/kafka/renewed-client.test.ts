import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { RenewedClient } from './renewed-client.js'

const DEADLINE = 20

class Client extends EventEmitter {
  readonly number: number
  readonly #log: string[]

  constructor(number: number, log: string[]) {
    super()
    this.number = number
    this.#log = log
  }

  connect(name: string): EventEmitter {
    const socket = { destroy: () => void this.#log.push(`cut ${name}`) }
    const connection = Object.assign(new EventEmitter(), { socket })
    this.emit('client:broker:connect', { connection })
    return connection
  }

  async close(): Promise<void> {
    this.#log.push(`closed ${this.number}`)
  }
}

/** Clients with a number, and what was done to them. */
function numbered(deadlineMs: number) {
  const log: string[] = []
  let opened = 0
  return { clients: new RenewedClient({ open: () => new Client((opened += 1), log), deadlineMs }), log }
}

const never = (): Promise<never> => new Promise(() => {})

test('a client that failed is closed when what else is under way with it has ended, and nobody new gets it', async () => {
  const { clients, log } = numbered(60_000)
  let end = (): void => {}
  const other = clients.use(
    'send',
    ({ number }) => new Promise<number>((resolve) => (end = () => resolve(number))),
  )
  await expect(clients.use('send', () => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
  expect(await clients.use('send', async ({ number }) => number)).toBe(2)
  expect(log).toEqual([])
  end()
  expect(await other).toBe(1)
  await expect.poll(() => log).toEqual(['closed 1'])
  await clients.close()
  expect(log).toEqual(['closed 1', 'closed 2'])
})

test('what never ends holds up neither its caller nor the end of the client for longer than the deadline', async () => {
  const { clients, log } = numbered(DEADLINE)
  await expect(clients.use('send', never)).rejects.toThrow('cannot send: Kafka did not answer within 20 ms')
  await clients.close()
  expect(log).toEqual(['closed 1'])
})

test('whoever closes waits for the clients that were given up before', async () => {
  const { clients, log } = numbered(60_000)
  let end = (): void => {}
  const slow = clients.use('send', () => new Promise<void>((resolve) => (end = resolve)))
  await expect(clients.use('send', () => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
  const closing = clients.close()
  end()
  await Promise.all([slow, closing])
  expect(log).toEqual(['closed 1'])
})

test('the connections of a client are cut before it is closed, and one that it makes after that at once', async () => {
  const { clients, log } = numbered(DEADLINE)
  const sending = clients.use('send', async (client) => {
    client.connect('ended').emit('close')
    client.connect('open')
    await never()
  })
  const client = await clients.use('send', async (used) => used)
  await expect(sending).rejects.toThrow('did not answer')
  await clients.close()
  expect(log).toEqual(['cut open', 'closed 1'])
  client.connect('late')
  expect(log).toEqual(['cut open', 'closed 1', 'cut late'])
})

test('an error that a connection tells again, when the library does not listen any more, ends no process', async () => {
  const { clients } = numbered(DEADLINE)
  await clients.use('send', async (client) => {
    const connection = client.connect('told twice')
    expect(connection.emit('error', new Error('reset'))).toBe(true)
  })
  await clients.close()
})
