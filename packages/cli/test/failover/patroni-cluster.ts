import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStore } from '@watertight/durable'
import {
  end,
  identity,
  owner,
  placeOf,
  ports,
  postgresFolder,
  postgresLibraries,
  until,
} from './postgres-folder.js'

interface Member {
  readonly name: string
  readonly port: number
  readonly rest: number
  readonly config: string
  readonly data: string
}

/** Two Postgres under Patroni, one of them a synchronous standby, and HAProxy before them. */
export interface PatroniCluster {
  /** Whichever is the primary, by HAProxy. */
  readonly url: string
  /** What HAProxy answers 200 at while there is a primary. */
  readonly ready: string
  /** A command that kills the primary and its Patroni, as the loss of a machine does. */
  readonly strike: string
  leader(): Promise<string>
  /** Starts the Patroni of a member anew, whose machine was lost. */
  start(name: string): void
  /** How many standbys follow, how far they are behind in bytes, and whether a commit waits for one. */
  standbys(): Promise<{ readonly count: number; readonly lagBytes: number; readonly sync: number }>
  stop(): Promise<void>
}

export async function startPatroni(): Promise<PatroniCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-patroni-'))
  await chmod(folder, 0o755)
  const processes = new Map<string, ChildProcess>()
  const start = (name: string, program: string, words: string[], options: object = {}): void => {
    const child = spawn(program, words, { stdio: 'ignore', cwd: folder, ...options })
    child.on('error', (error) => console.error(`${program}: ${error.message}`))
    processes.set(name, child)
  }
  const [etcdPort, peerPort, port, health] = await ports(4)
  const etcd = `http://127.0.0.1:${etcdPort}`
  const peer = `http://127.0.0.1:${peerPort}`
  const listening = `--listen-client-urls ${etcd} --advertise-client-urls ${etcd} --listen-peer-urls ${peer}`
  const alone = `--initial-advertise-peer-urls ${peer} --initial-cluster default=${peer} --unsafe-no-fsync`
  start('etcd', 'etcd', ['--data-dir', join(folder, 'etcd'), ...`${listening} ${alone}`.split(' ')])
  const python = await pythonPath(folder)
  const members = await Promise.all(['a', 'b'].map((name) => memberIn(folder, name, etcdPort!)))
  const startMember = ({ name, config }: Member): void =>
    start(name, 'python3', ['-c', 'from patroni.__main__ import main; main()', config], {
      cwd: '/',
      env: { ...process.env, PYTHONPATH: python, HOME: folder, ...postgresLibraries() },
      ...identity(),
    })
  for (const member of members) startMember(member)
  const proxy = join(folder, 'haproxy.cfg')
  await writeFile(proxy, proxyConfig(members, port!, health!))
  start('haproxy', 'haproxy', ['-q', '-f', proxy])
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const cluster: PatroniCluster = {
    url,
    ready: `http://127.0.0.1:${health}/ready`,
    strike: `node ${await strikeProgram(folder, members, processes)}`,
    leader: () => leaderOf(members),
    start: (name) => startMember(members.find((member) => member.name === name)!),
    standbys: () => standbysOf(url),
    stop: async () => {
      for (const { name, data } of members) {
        await end(processes.get(name), 'SIGTERM')
        // One that had to be killed leaves its server behind.
        await killServer(data)
      }
      for (const name of ['haproxy', 'etcd']) await end(processes.get(name), 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
  await until('a primary with a synchronous standby', async () => {
    const { count, sync, lagBytes } = await cluster.standbys()
    return count === 1 && sync === 1 && lagBytes === 0
  })
  return cluster
}

async function memberIn(folder: string, name: string, etcdPort: number): Promise<Member> {
  const [port, rest] = await ports(2)
  const home = join(folder, name)
  await mkdir(home)
  await chown(home, ...owner())
  const config = join(folder, `${name}.yaml`)
  const member = { name, port: port!, rest: rest!, config, data: join(home, 'data') }
  await writeFile(config, memberConfig(member, home, etcdPort))
  return member
}

/** `ttl: 20` is the least that Patroni allows: a lost primary is replaced once its lease of the lock has ended. */
function memberConfig({ name, port, rest, data }: Member, home: string, etcdPort: number): string {
  return `scope: shop
name: ${name}
restapi: { listen: '127.0.0.1:${rest}', connect_address: '127.0.0.1:${rest}' }
etcd3: { hosts: ['127.0.0.1:${etcdPort}'] }
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 3
    synchronous_mode: true
    postgresql: { use_pg_rewind: true, use_slots: true, parameters: { wal_log_hints: 'on', max_connections: 50, shared_buffers: 32MB } }
  initdb: [encoding: UTF8, { auth: trust }, no-sync]
  pg_hba: [host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust, local all all trust, local replication all trust]
postgresql:
  listen: 127.0.0.1:${port}
  connect_address: 127.0.0.1:${port}
  data_dir: ${data}
  bin_dir: ${postgresFolder()}
  pgpass: ${join(home, 'pgpass')}
  authentication: { superuser: { username: postgres, password: x }, replication: { username: replicator, password: x }, rewind: { username: postgres, password: x } }
  parameters: { unix_socket_directories: ${home} }
`
}

function proxyConfig(members: readonly Member[], port: number, health: number): string {
  return `global
  maxconn 400
defaults
  mode tcp
  timeout connect 1s
  timeout client 30m
  timeout server 30m
  timeout check 1s
frontend health
  mode http
  bind 127.0.0.1:${health}
  monitor-uri /ready
  monitor fail if { nbsrv(primary) lt 1 }
listen primary
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${members.map(({ name, port: at, rest }) => `  server ${name} 127.0.0.1:${at} check port ${rest}`).join('\n')}
`
}

/** Finds the primary out as an operator would, and kills what runs of it. */
async function strikeProgram(
  folder: string,
  members: readonly Member[],
  processes: ReadonlyMap<string, ChildProcess>,
): Promise<string> {
  const file = join(folder, 'kill-primary.mjs')
  const known = members.map(({ name, rest, data }) => ({ name, rest, data, pid: processes.get(name)?.pid }))
  await writeFile(
    file,
    `import { readFileSync } from 'node:fs'
for (const { name, rest, data, pid } of ${JSON.stringify(known)}) {
  const answer = await fetch('http://127.0.0.1:' + rest + '/primary').catch(() => undefined)
  if (answer?.status !== 200) continue
  const postmaster = Number(readFileSync(data + '/postmaster.pid', 'utf8').split('\\n')[0])
  for (const one of [pid, postmaster]) process.kill(one, 'SIGKILL')
  console.log('killed the primary, ' + name)
  process.exit(0)
}
console.error('there is no primary')
process.exit(1)
`,
  )
  return file
}

async function killServer(data: string): Promise<void> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined)
  const pid = Number(text?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    // It has ended.
  }
}

async function leaderOf(members: readonly Member[]): Promise<string> {
  for (const { name, rest } of members) {
    const answer = await fetch(`http://127.0.0.1:${rest}/primary`).catch(() => undefined)
    if (answer?.status === 200) return name
  }
  return 'nobody'
}

async function standbysOf(url: string): ReturnType<PatroniCluster['standbys']> {
  const store = openStore(url, { listenUrl: false, connectionsMax: 1, queryDeadlineMs: 2_000 })
  try {
    const { rows } = await store.query<{ count: number; lag: number; sync: number }>(
      `select count(*)::integer as count, count(*) filter (where sync_state = 'sync')::integer as sync,
         coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::float8 as lag
       from pg_stat_replication where state = 'streaming'`,
    )
    const { count = 0, lag = 0, sync = 0 } = rows[0] ?? {}
    return { count, lagBytes: lag, sync }
  } catch {
    return { count: 0, lagBytes: 0, sync: 0 }
  } finally {
    await store.close({ deadlineMs: 1_000 }).catch(() => {})
  }
}

/** What Patroni needs of Python, where whoever runs Postgres may read it. */
async function pythonPath(folder: string): Promise<string> {
  const program = placeOf('patroni')
  const from = join(dirname(dirname(program)), 'lib')
  const to = join(folder, 'python')
  await cp(from, to, { recursive: true })
  const version = (await readFile(join(dirname(dirname(program)), 'pyvenv.cfg'), 'utf8')).match(
    /version = (\d+\.\d+)/,
  )
  return join(to, `python${version?.[1]}`, 'site-packages')
}
