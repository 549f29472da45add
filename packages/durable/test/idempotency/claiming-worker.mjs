// Claims and finishes keys, in a process of its own that others stop and let go on, and tells what it was told.
import { openIdempotencyStore } from '@watertight/durable'

const { url, keys, leaseMs, name } = JSON.parse(process.argv[2])
const store = await openIdempotencyStore(url)
const calls = []

/** The same clock for all processes of this machine. */
const now = () => Number(process.hrtime.bigint() / 1_000n)

async function told(key, kind, work) {
  const start = now()
  const call = await work()
  const { said, epoch = 0, answeredBy = 0 } = call
  calls.push({ key, kind, said, epoch, answeredBy, start, end: now() })
  return call
}

process.send('ready')
await new Promise((resolve) => process.once('message', resolve))
for (const key of keys) {
  for (let time = 0; time < 2; time += 1) {
    const request = {
      id: key,
      fingerprint: 'a',
      claimant: `${name} ${key} ${time}`,
      leaseMs,
      expiryMs: 3_600_000,
    }
    const claimed = await told(key, 'claim', async () => {
      const result = await store.claim({ ...request, onTakeover: 'rerun' })
      const answeredBy = result.answer === undefined ? 0 : Number(Buffer.from(result.answer.body).toString())
      return { said: result.kind, epoch: result.claim?.epoch ?? 0, answeredBy, claim: result.claim }
    })
    if (claimed.claim === undefined) continue
    // As long as some work takes, and now and then longer than the lease.
    await new Promise((resolve) => setTimeout(resolve, Math.random() < 0.2 ? leaseMs * 1.5 : leaseMs / 10))
    await told(key, 'finish', async () => {
      const body = Buffer.from(String(claimed.epoch))
      const said = await store.finish(claimed.claim, { status: 200, headers: [], body })
      return { said: String(said), epoch: claimed.epoch }
    })
  }
}
process.send(calls)
await store.close()
