// An upstream that costs as little as one can: it answers whatever comes in one piece with the same bytes. Each client
// has one request in flight on a connection, and a request without a body is one piece.
import { createServer } from 'node:net'

const body = JSON.stringify({ orderId: 'o-1', status: 'paid', total: 4_200, currency: 'EUR' })
const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n' +
    `content-length: ${body.length}\r\n\r\n${body}`,
)

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
