import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@watertight/durable'
import { end, identity, owner, ports, postgresFolder, postgresLibraries, until } from './postgres-folder.js'

/** A Postgres, and a replica that follows it. */
export interface PostgresPair {
  readonly primary: string
  readonly replica: string
  stop(): Promise<void>
}

export async function startPair(): Promise<PostgresPair> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-pair-'))
  await chmod(folder, 0o755)
  await chown(folder, ...owner())
  const [at, behind] = (await ports(2)) as [number, number]
  const start = (program: string, words: readonly string[]): ChildProcess =>
    spawn(join(postgresFolder(), program), words, {
      stdio: 'ignore',
      cwd: '/',
      env: { ...process.env, ...postgresLibraries() },
      ...identity(),
    })
  const done = async (program: string, words: readonly string[]): Promise<void> => {
    const [code] = (await once(start(program, words), 'exit')) as [number | null]
    if (code !== 0) throw new Error(`${program} ended with ${code}`)
  }
  const serve = (data: string, port: number): ChildProcess => {
    const settings = [`listen_addresses=127.0.0.1`, `unix_socket_directories=${folder}`, 'fsync=off']
    return start('postgres', ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])])
  }
  const [data, copy] = [join(folder, 'primary'), join(folder, 'replica')]
  await done('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const urlOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`
  const servers = [serve(data, at)]
  await until('the primary', () => answers(urlOf(at)))
  await done('pg_basebackup', ['-d', urlOf(at), '-D', copy, '-R', '--checkpoint=fast', '--no-sync'])
  servers.push(serve(copy, behind))
  await until('the replica', () => answers(urlOf(behind)))
  return {
    primary: urlOf(at),
    replica: urlOf(behind),
    stop: async () => {
      for (const server of servers) await end(server, 'SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const store = openStore(url, { listenUrl: false, connectionsMax: 1, queryDeadlineMs: 2_000 })
  try {
    await store.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await store.close({ deadlineMs: 1_000 }).catch(() => {})
  }
}
