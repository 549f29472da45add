import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Turns } from '../turns.js'
import { spareSession } from './spare-session.js'
import type { StatementCache } from './statement-cache.js'
import { RequestReader, type ClientRequest } from './request-reader.js'
import { askPassword, message, refusal, startCodes } from './message.js'
import { readAnswer } from './read-answer.js'

export interface SharedDatabase {
  readonly turns: Turns
  readonly statements: StatementCache
  readonly password: Buffer
  /** What the database has said of itself when its session began. */
  readonly greeting: Buffer
  /** How long a client may be silent within a transaction. */
  readonly idleInTransactionMs: number
  readonly send: (request: Uint8Array) => Promise<Buffer>
  readonly onNotifications: (notifications: readonly Buffer[]) => void
}

/** Somebody who waits so long for a turn is told that it will not come. */
const turnMs = 60_000

const rollback = message('Q', 'rollback')

/**
 * One client of the shared database. It has the session for the length of a request, and from the begin of a transaction to
 * its end.
 */
export class ClientSession {
  /** Whether it has asked to be told what is notified. */
  listens = false
  readonly #socket: Socket
  readonly #database: SharedDatabase
  readonly #reader = new RequestReader()
  #state: 'start' | 'password' | 'open' = 'start'
  #endTurn: (() => void) | undefined
  #silence: NodeJS.Timeout | undefined
  #working: Promise<void> = Promise.resolve()
  #isGone = false

  constructor(socket: Socket, database: SharedDatabase) {
    this.#socket = socket
    this.#database = database
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.#reader.push(chunk)
      this.#work()
    })
  }

  /** Resolves when the client is gone and what it has left open is rolled back. */
  async ended(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#socket.destroyed) resolve()
      else this.#socket.once('close', () => resolve())
    })
    this.#isGone = true
    await this.#working
    if (this.#endTurn !== undefined) await this.#letGo()
  }

  tell(notifications: readonly Buffer[]): void {
    for (const notification of notifications) this.#socket.write(notification)
  }

  end(): void {
    this.#socket.destroy()
  }

  /** One request after another, in the order in which they came. */
  #work(): void {
    this.#working = this.#working.then(async () => {
      try {
        if (this.#state !== 'open') this.#enter()
        while (this.#state === 'open' && !this.#isGone) {
          const request = this.#reader.next()
          if (request === undefined) return
          await this.#serve(request)
        }
      } catch (error) {
        this.#socket.end(refusal('08P01', (error as Error).message))
      }
    })
  }

  #enter(): void {
    while (this.#state === 'start') {
      const start = this.#reader.nextStart()
      if (start === undefined) return
      const code = start.readInt32BE(4)
      if (code === startCodes.tls || code === startCodes.gss) this.#socket.write('N')
      else if (code === startCodes.cancel) return void this.#socket.end()
      else {
        this.#state = 'password'
        this.#socket.write(askPassword)
      }
    }
    const answer = this.#state === 'password' ? this.#reader.nextMessage() : undefined
    if (answer === undefined) return
    const { password, greeting } = this.#database
    const given = answer.subarray(5, -1)
    if (given.length !== password.length || !timingSafeEqual(given, password)) {
      return void this.#socket.end(refusal('28P01', 'password authentication failed'))
    }
    this.#state = 'open'
    this.#socket.write(greeting)
  }

  async #serve({ bytes, text, isGoodbye }: ClientRequest): Promise<void> {
    if (isGoodbye) return void this.#socket.end()
    const { turns, statements, send, onNotifications, idleInTransactionMs } = this.#database
    if (/^\s*listen\s/i.test(text ?? '')) this.listens = true
    // The session is everybody's: who hears no more is known here, and others may still listen.
    if (/^\s*unlisten\s/i.test(text ?? '')) {
      this.listens = false
      return void this.#socket.write(
        Buffer.concat([message('C', 'UNLISTEN'), message('Z', Buffer.from('I'))]),
      )
    }
    clearTimeout(this.#silence)
    this.#endTurn ??= await turns.take(turnMs, 'run a statement')
    // Nobody would hear the answer: `ended` gives the turn back.
    if (this.#isGone) return
    const closing = statements.takeClosing()
    if (closing !== undefined) await send(closing)
    const request = statements.request(spareSession(bytes))
    const { answer, notifications, isIdle } = readAnswer(
      statements.answer(await send(request.bytes), request),
    )
    if (isIdle) {
      this.#endTurn()
      this.#endTurn = undefined
    } else {
      this.#silence = setTimeout(() => {
        this.#socket.write(refusal('25P03', 'terminating connection due to idle-in-transaction timeout'))
        this.#socket.destroySoon()
      }, idleInTransactionMs)
      this.#silence.unref()
    }
    this.#socket.write(answer)
    if (notifications.length > 0) onNotifications(notifications)
  }

  async #letGo(): Promise<void> {
    clearTimeout(this.#silence)
    const endTurn = this.#endTurn
    this.#endTurn = undefined
    await this.#database.send(rollback).catch(() => {})
    this.#database.statements.forgetAll()
    endTurn?.()
  }
}
