/**
 * Runs a server as a process of its own: tells its port when it listens, and the processor time that it has used
 * whenever it is asked. It ends with its parent.
 * @param {import('node:http').Server} server
 */
export function serveForBenchmark(server) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('message', () => process.send({ cpu: process.cpuUsage() }))
  process.on('disconnect', () => process.exit())
}
