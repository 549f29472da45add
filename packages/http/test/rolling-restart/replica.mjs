// One replica of a service, as a process: slow enough that requests are in flight whenever it is told to end.
import { createServer } from 'node:http'
import { createDrain, createHealth, createServerGuard } from '@watertight/http'

const [port, probePeriodMs] = process.argv.slice(2).map(Number)
const health = createHealth({ waitForStart: true })
const guard = createServerGuard({ health })
const server = createServer(
  guard.listener((message, response) => {
    if (message.url !== '/hang') setTimeout(() => response.end(`${process.pid}`), 30)
  }),
)
const drain = createDrain({
  server,
  guard,
  probePeriodMs,
  onClose: [{ name: 'store', close: () => process.send?.('store closed') }],
})
drain.installSignals()
server.listen(port, '127.0.0.1', () => {
  health.started()
  process.send?.({ port: server.address().port })
})
