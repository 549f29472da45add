// A service that charges, in a process of its own that can be told to kill itself at one step of its work, or at one
// statement, or to stop itself at a step.
import { createServer } from 'node:http'
import {
  createIdempotency,
  idempotentRequestOf,
  openIdempotencyStore,
  openStore,
  PostgresIdempotencyStore,
} from '@watertight/durable'
import { killAt } from '../crash/kill-at.mjs'

const { ledgerUrl, keysUrl, onTakeover, effect, dieAt, stopAt, leaseMs } = JSON.parse(process.argv[2])

/** SIGKILL and SIGSTOP come from outside of the program: nothing of it runs any more, or not before it is let go on. */
function at(step) {
  if (step === dieAt) process.kill(process.pid, 'SIGKILL')
  if (step === stopAt) process.kill(process.pid, 'SIGSTOP')
}

const ledger = openStore(ledgerUrl)
const keys =
  keysUrl === undefined
    ? new PostgresIdempotencyStore({ store: ledger })
    : await openIdempotencyStore(keysUrl)

const store = {
  ...Object.fromEntries(
    ['renew', 'release', 'clean', 'close'].map((name) => [name, (...given) => keys[name](...given)]),
  ),
  async claim(request) {
    at('before claim')
    const result = await keys.claim(request)
    if (result.kind === 'new') at('after claim')
    return result
  },
  async finish(claim, answer) {
    at('before finish')
    const isKept = await keys.finish(claim, answer)
    at('after finish')
    return isKept
  },
  ...(keys.finishWithin !== undefined && {
    finishWithin: (...given) => keys.finishWithin(...given),
  }),
}

const idempotency = createIdempotency({
  store,
  caller: () => 'all',
  onTakeover,
  leaseMs,
  ...(stopAt !== undefined && { onError: ({ code }, step) => process.send(`${step}: ${code}`) }),
})

const effects = {
  /** The charge and the answer in one transaction. */
  together: async (run, answer) => {
    await ledger.transaction(async (transaction) => {
      await transaction.query('insert into charge (key, epoch) values ($1, $2)', [run.key, run.epoch])
      at('after effect')
      await run.finish(transaction, answer)
      at('before commit')
    })
    at('after commit')
  },
  /** The charge alone, by somebody who does not know the key. */
  apart: async (run) => {
    await ledger.query('insert into charge (key, epoch) values ($1, $2)', [run.key, run.epoch])
    at('after effect')
  },
  /** The charge alone, by somebody who charges once for each key. */
  once: async (run) => {
    await ledger.query(
      'insert into charge (key, epoch) select $1, $2 where not exists (select from charge where key = $1)',
      [run.key, run.epoch],
    )
    at('after effect')
  },
}

const server = createServer(
  idempotency.listener(async (request, response) => {
    const run = idempotentRequestOf(request)
    at('before effect')
    const answer = { status: 201, body: `charged ${run.key}` }
    await effects[effect](run, answer)
    response.writeHead(201)
    response.end(answer.body)
    at('before reply')
  }),
)
const [, when, number] = /^(before|after) statement (\d+)$/.exec(dieAt ?? '') ?? []
if (number !== undefined) killAt({ at: Number(number), when })
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
