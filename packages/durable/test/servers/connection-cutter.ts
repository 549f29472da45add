import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Where a connection is lost: before a statement has arrived, or when it was carried out and its answer was not heard. */
export interface Cut {
  /** The number of the statement, counted from one over all connections. */
  readonly at: number
  readonly when: 'before' | 'after'
}

export interface ConnectionCutter {
  /** The URL of the server, by way of the cutter. */
  readonly url: string
  /** Counts anew, and cuts at this place, once. */
  cutNext(cut: Cut | 'nowhere'): void
  /** How many statements came since, of which those that are sent together count as one: each is a round trip. */
  readonly statements: number
  close(): Promise<void>
}

/** Stands between a store and its Postgres, knows where a statement ends in their protocol, and drops the connection there. */
export async function startConnectionCutter(serverUrl: string): Promise<ConnectionCutter> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let statements = 0
  let cut: Cut | undefined
  const isHere = (when: Cut['when']): boolean => cut?.at === statements && cut.when === when

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const drop = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay())
      socket.on('error', drop)
      socket.on('close', () => {
        sockets.delete(socket)
        drop()
      })
    }
    let isSilent = false
    const fromClient = messages(true, (message, isStatement) => {
      if (isStatement) statements += 1
      if (isStatement && isHere('before')) return drop()
      isSilent ||= isStatement && isHere('after')
      upstream.write(message)
    })
    const fromServer = messages(false, (message) => {
      if (isSilent && isOf(message, 'Z')) return drop()
      if (!isSilent) client.write(message)
    })
    client.on('data', fromClient)
    upstream.on('data', fromServer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    get statements() {
      return statements
    },
    cutNext: (next) => {
      statements = 0
      cut = next === 'nowhere' ? undefined : next
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * Splits what one side says into messages: a letter, a length, what it is about; the very first of a client has no letter.
 * What a client asks is passed on as a whole, so that it is either sent or not at all.
 */
function messages(
  isClient: boolean,
  onMessage: (bytes: Buffer, isStatement: boolean) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let statement: Buffer[] = []
  let lettersOfNext = isClient ? 0 : 1
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= lettersOfNext + 4) {
      const length = lettersOfNext + rest.readUInt32BE(lettersOfNext)
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      const isSpoken = !isClient || lettersOfNext === 0 || isOf(message, 'pX')
      lettersOfNext = 1
      if (isSpoken) {
        onMessage(message, false)
        continue
      }
      statement.push(message)
      if (!isOf(message, 'QS')) continue
      onMessage(Buffer.concat(statement), true)
      statement = []
    }
  }
}

/** Whether a message is of one of these kinds: `Q`uery, `S`ync, `p`assword, e`X`it, and `Z`, ready, of the server. */
const isOf = (message: Buffer, kinds: string): boolean => kinds.includes(String.fromCharCode(message[0] ?? 0))
