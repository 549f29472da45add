import { createHook } from 'node:async_hooks'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { settingsFrame } from '../src/frames/frame-head.js'
import { GET as PACKED_GET, headers } from './http2-frames/frame-caller.js'
import { GET, Scene } from './stories/scene.js'

const scene = new Scene()
/** Where the code of the house is that a request goes through. */
const OURS = /\/packages\/(proxy|policy|traffic|telemetry)\/(src|dist)\//

/** Where code of ours has made a promise while `work`, which calls back, was done. */
async function promisesMadeBy(work: (done: () => void) => void): Promise<readonly string[]> {
  const made: string[] = []
  const hook = createHook({
    init: (_id, type) => {
      if (type !== 'PROMISE') return
      const line = new Error('made').stack?.split('\n').find((one) => OURS.test(one))
      if (line !== undefined) made.push(line)
    },
  })
  await new Promise<void>((resolve) => {
    hook.enable()
    work(resolve)
  })
  hook.disable()
  return made
}

/** Asks so often on one connection, one after the other, and is told what to send first and for each request. */
function askBy(
  port: number,
  {
    first,
    next,
    isAnswer,
  }: { first: string; next: (n: number) => string; isAnswer: (bytes: string) => boolean },
): (done: () => void) => void {
  return (done) => {
    let asked = 0
    const socket = connect(port, '127.0.0.1', () => socket.write(first + next(asked), 'latin1'))
    socket.on('data', (chunk) => {
      if (!isAnswer(chunk.toString('latin1'))) return
      asked += 1
      if (asked < 20) return void socket.write(next(asked), 'latin1')
      socket.destroy()
      done()
    })
  }
}

it.each([
  ['HTTP/1.1', { first: '', next: () => GET, isAnswer: (bytes: string) => bytes.endsWith('ok') }],
  [
    'HTTP/2',
    {
      first: `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settingsFrame([])}`,
      next: (n: number) => headers(2 * n + 1, PACKED_GET),
      isAnswer: (bytes: string) => bytes.endsWith('ok'),
    },
  ],
])(
  'a request over %s makes no promise on its way, with all policies on and another try in it',
  async (_, caller) => {
    const service = await scene.service(({ socket }, heads) =>
      socket.write(
        heads % 5 === 0
          ? 'HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n'
          : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      ),
    )
    const policies =
      ', timeout: { attempt: 2s, total: 5s }, retry: { attempts: 3, backoff: { initial: 1ms } }, breaker: {}, bulkhead: { concurrency: 100 }, ejection: {}, rateLimit: { limit: 1000, per: 1s }'
    const proxy = await scene.gateway(service.port, '', '', policies)
    expect(await promisesMadeBy(askBy(proxy.port, caller))).toEqual([])
    expect(proxy.lines.filter(({ status }) => status === 200)).toHaveLength(20)
    expect(proxy.lines.some(({ attempts }) => attempts === 2)).toBe(true)
  },
)
