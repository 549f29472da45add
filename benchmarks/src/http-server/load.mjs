import { connect } from 'node:net'

const connections = 32
const headEnd = Buffer.from('\r\n\r\n')

/**
 * As many requests as the server answers in that time, over keep-alive connections with one request each in flight.
 * Raw sockets, since a full client would cost more than the server that it measures.
 * @param {number} port
 * @param {number} ms
 * @param {string} [headers] more header lines
 * @returns {Promise<{ requests: number, seconds: number, latenciesMs: number[] }>}
 */
export async function load(port, ms, headers = '') {
  const request = Buffer.from(`GET /hello HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}\r\n`)
  const latenciesMs = []
  const startedAt = performance.now()
  const endsAt = startedAt + ms
  // It never sleeps: what it costs a server to wake whoever waits for its answer is as much as a quarter of the whole, and
  // would be paid the more often the slower the server is.
  let isOver = false
  const stayAwake = () => {
    if (!isOver) setImmediate(stayAwake)
  }
  stayAwake()
  await Promise.all(Array.from({ length: connections }, () => hammer(port, request, endsAt, latenciesMs)))
  isOver = true
  return { requests: latenciesMs.length, seconds: (performance.now() - startedAt) / 1_000, latenciesMs }
}

function hammer(port, request, endsAt, latenciesMs) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let sentAt = 0
    const send = () => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('close', resolve)
    // Every answer is the same, and so small that it comes in one piece; anything else is an error of the run.
    socket.on('data', (answer) => {
      if (!answer.includes(headEnd) || !answer.subarray(0, 12).equals(ok))
        reject(new Error(`cannot measure: got ${answer.toString()}`))
      const now = performance.now()
      latenciesMs.push(now - sentAt)
      if (now < endsAt) send()
      else socket.end()
    })
  })
}

const ok = Buffer.from('HTTP/1.1 200')
