import { spawnSync } from 'node:child_process'
import { migrate, openStore, publish } from '../../../packages/durable/dist/index.js'
import { benchTopic } from './drain-events.mjs'
import pg from 'pg'

/** More branches than transactions in flight, so that these do not wait for one another's row. */
const scale = 20
const accountsPerBranch = 100_000
const tellersPerBranch = 10

/**
 * The field's smallest transaction, through `pg` and through a store: the script `tpcb-like` of pgbench on the
 * tables that pgbench makes (PostgreSQL's documentation, pgbench, "What is the Transaction Actually Performed"). Alone, and
 * with an event published or one row more inserted.
 */
export async function bankTransactions(url, connections) {
  const made = spawnSync('pgbench', ['-i', '-q', '-s', String(scale), url])
  if (made.status !== 0)
    throw new Error(`cannot measure: pgbench failed\n${String(made.error ?? made.stderr)}`)
  const store = openStore(url, { connectionsMax: connections })
  await migrate(store)
  await store.query(
    'create table message (id bigint generated always as identity primary key, key text, data json)',
  )
  const pool = new pg.Pool({ connectionString: url, max: connections })
  // The server is stopped while the last of its connections end.
  pool.on('error', () => {})
  return {
    run: {
      'TPC-B': () => byClient(pool),
      'TPC-B that publishes': () => byClient(pool, publishTransfer),
      'TPC-B with one more insert': () => byClient(pool, insertMessage),
      'TPC-B by a store': () => byStore(store),
      'TPC-B by a store that publishes': () => byStore(store, publishTransfer),
    },
    close: async () => {
      await pool.end()
      await store.close()
    },
  }
}

async function byClient(pool, atEnd) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const transfer = aTransfer()
    for (const statement of statements(transfer)) await client.query(...statement)
    await atEnd?.(client, transfer)
    await client.query('commit')
  } finally {
    client.release()
  }
}

const byStore = async (store, atEnd) =>
  await store.transaction(async (transaction) => {
    const transfer = aTransfer()
    for (const statement of statements(transfer)) await transaction.query(...statement)
    await atEnd?.(transaction, transfer)
  })

const oneOf = (count) => 1 + Math.floor(Math.random() * count)

const aTransfer = () => ({
  account: oneOf(accountsPerBranch * scale),
  branch: oneOf(scale),
  teller: oneOf(tellersPerBranch * scale),
  delta: oneOf(10_001) - 5_001,
})

const statements = ({ account, branch, teller, delta }) => [
  ['update pgbench_accounts set abalance = abalance + $1 where aid = $2', [delta, account]],
  ['select abalance from pgbench_accounts where aid = $1', [account]],
  ['update pgbench_tellers set tbalance = tbalance + $1 where tid = $2', [delta, teller]],
  ['update pgbench_branches set bbalance = bbalance + $1 where bid = $2', [delta, branch]],
  [
    'insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)',
    [teller, branch, account, delta],
  ],
]

const publishTransfer = (transaction, { account, ...data }) =>
  publish(transaction, benchTopic, {
    type: 'placed',
    key: `account-${account}`,
    data: { account, ...data },
  })

/** The least that any outbox does. */
const insertMessage = (transaction, { account, ...data }) =>
  transaction.query('insert into message (key, data) values ($1, $2)', [
    `account-${account}`,
    JSON.stringify({ account, ...data }),
  ])
