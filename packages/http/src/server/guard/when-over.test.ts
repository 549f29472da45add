import { virtualClock } from '@watertight/policy/testing'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { whenOver } from './when-over.js'

function setUp() {
  const clock = virtualClock()
  const log: string[] = []
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const abandon = (work: unknown): void =>
    whenOver(work, response, clock, () => log.push(`over at ${clock.now()}`))
  return { clock, log, response, abandon }
}

function deferred() {
  let resolve: () => void = () => undefined
  let reject: () => void = () => undefined
  const promise = new Promise<void>((...both) => ([resolve, reject] = both))
  return { promise, resolve, reject }
}

it('is over when the promise of the work settles, whichever way', async () => {
  for (const settle of ['resolve', 'reject'] as const) {
    const { clock, log, abandon } = setUp()
    const work = deferred()
    abandon(work.promise)
    await clock.advance(100)
    expect(log).toEqual([])
    work[settle]()
    await clock.advance(1)
    expect([log, clock.pending]).toEqual([['over at 100'], 0])
  }
})

it('is over when the answer is ended all the same, once', async () => {
  const { clock, log, response, abandon } = setUp()
  abandon(undefined)
  await clock.advance(100)
  response.end('too late')
  response.end()
  expect([log, response.writableEnded, clock.pending]).toEqual([['over at 100'], true, 0])
})

it('is over at once when the answer was under way, for then the work was to send it', () => {
  const streaming = setUp()
  streaming.response.flushHeaders()
  streaming.abandon(undefined)
  expect(streaming.log).toEqual(['over at 0'])
  const ended = setUp()
  ended.response.end()
  ended.abandon(new Promise(() => undefined))
  expect(ended.log).toEqual(['over at 0'])
})

it.each([
  ['hangs', new Promise(() => undefined), 60_000],
  ['never answers', undefined, 5_000],
])('is taken for over after a while when it %s', async (_how, work, afterMs) => {
  const { clock, log, abandon } = setUp()
  abandon(work)
  await clock.advance(afterMs - 1)
  expect(log).toEqual([])
  await clock.runAll()
  expect(log).toEqual([`over at ${afterMs}`])
})
