import { expect, test } from 'vitest'
import { RenewedClient } from './renewed-client.js'

/** Clients with a number, and those that are closed. */
function numbered(deadlineMs: number) {
  const opened: { readonly number: number }[] = []
  const closed: number[] = []
  const clients = new RenewedClient({
    open: () => {
      const client = { number: opened.length + 1 }
      opened.push(client)
      return client
    },
    close: async ({ number }) => void closed.push(number),
    deadlineMs,
  })
  return { clients, closed }
}

test('a client that failed is closed when what else is under way with it has ended, and nobody new gets it', async () => {
  const { clients, closed } = numbered(60_000)
  let end = (): void => {}
  const other = clients.use(
    'send',
    ({ number }) => new Promise<number>((resolve) => (end = () => resolve(number))),
  )
  await expect(clients.use('send', () => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
  expect(await clients.use('send', async ({ number }) => number)).toBe(2)
  expect(closed).toEqual([])
  end()
  expect(await other).toBe(1)
  await expect.poll(() => closed).toEqual([1])
  await clients.close()
  expect(closed).toEqual([1, 2])
})

test('what never ends holds up neither its caller nor the end of the client for longer than the deadline', async () => {
  const { clients, closed } = numbered(20)
  await expect(clients.use('send', () => new Promise(() => {}))).rejects.toThrow(
    'cannot send: Kafka did not answer within 20 ms',
  )
  await expect.poll(() => closed).toEqual([1])
})
