import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, openSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { consume, openKafka, relayEvents } from '../../../packages/durable/dist/index.js'
import { benchTopic, drained, watertightOutbox } from './drain-events.mjs'
import { freePort } from './start-postgres.mjs'

const startMsMax = 60_000
const named = process.env.WATERTIGHT_ENGINES ?? ''
const bin = join(named === '' ? join(homedir(), '.cache/watertight/engines') : named, 'bin')

/**
 * The same events by way of Kafka: relayed from the outbox and consumed from there, both while it is measured. Kafka comes
 * with `npm run engines`; undefined where it is not there.
 */
export async function watertightKafka(url) {
  if (!existsSync(join(bin, 'kafka-server'))) return undefined
  const kafka = await startKafka()
  const outbox = await watertightOutbox(url)
  const broker = await openKafka({ url: kafka.url })
  return {
    name: 'watertight outbox by Kafka to consumer',
    fill: outbox.fill,
    drain: (count) =>
      drained(count, async (one) => {
        const relay = await relayEvents(outbox.store, { topics: [benchTopic], to: broker })
        const options = { group: 'bench', topic: benchTopic, broker, handle: async () => one() }
        const consumer = await consume(outbox.store, options)
        return async () => {
          await consumer.close()
          await relay.close()
        }
      }),
    close: async () => {
      await broker.close()
      await outbox.close()
      await kafka.stop()
    },
  }
}

async function startKafka() {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-kafka-'))
  const [port, controller] = [await freePort(), await freePort()]
  const file = join(folder, 'server.properties')
  writeFileSync(
    file,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(folder, 'data')}
`,
  )
  const made = spawnSync(join(bin, 'kafka-storage'), ['format', '-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', file])
  if (made.status !== 0) throw new Error(`cannot measure: kafka-storage failed\n${String(made.stderr)}`)
  const log = join(folder, 'server.log')
  const out = openSync(log, 'w')
  const child = spawn(join(bin, 'kafka-server'), [file], { stdio: ['ignore', out, out] })
  const until = performance.now() + startMsMax
  while (!readFileSync(log, 'utf8').includes('Kafka Server started')) {
    if (performance.now() > until) throw new Error('cannot measure: Kafka does not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url: `kafka://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
