import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.js'

/** A proxy of somebody else's, in front of one upstream. */
export interface Peer extends AsyncDisposable {
  readonly port: number
}

interface PeerProgram {
  readonly file: string
  readonly configuration: (port: number, upstreamPort: number, folder: string) => string
  readonly command: (file: string, folder: string) => readonly [program: string, ...words: string[]]
}

const PROGRAMS = {
  envoy: {
    file: 'envoy.yaml',
    configuration: envoyBootstrap,
    command: (file) => ['envoy', '-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'off'],
  },
  haproxy: {
    file: 'haproxy.cfg',
    configuration: (port, upstreamPort) => `defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend in
  bind 127.0.0.1:${port}
  default_backend up
backend up
  server a 127.0.0.1:${upstreamPort}
`,
    command: (file) => ['haproxy', '-db', '-q', '-f', file],
  },
  nginx: {
    file: 'nginx.conf',
    configuration: (port, upstreamPort, folder) => `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log /dev/null crit;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${upstreamPort}; proxy_http_version 1.1; }
  }
}
`,
    command: (file, folder) => ['nginx', '-p', folder, '-e', 'stderr', '-c', file],
  },
} satisfies Record<string, PeerProgram>

export type PeerName = keyof typeof PROGRAMS

/** Starts a proxy in front of an upstream, and waits until it listens. */
export async function startPeer(name: PeerName, upstreamPort: number): Promise<Peer> {
  const { file, configuration, command }: PeerProgram = PROGRAMS[name]
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  const port = await freePort()
  const path = join(folder, file)
  await writeFile(path, configuration(port, upstreamPort, folder))
  const [program, ...words] = command(path, folder)
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  await Promise.race([listening(port), failed(child, name)])
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function failed(child: ChildProcess, name: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`${name} has ended with ${code}`)
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline) {
    const socket = connect({ host: '127.0.0.1', port })
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nothing listens on port ${port}`)
}

/** The least that makes Envoy a proxy, in JSON, which is YAML. */
function envoyBootstrap(port: number, upstreamPort: number): string {
  const address = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } })
  const typed = (name: string, rest: object): object => ({
    '@type': `type.googleapis.com/envoy.extensions.filters.${name}`,
    ...rest,
  })
  const route = { match: { prefix: '/' }, route: { cluster: 'up', timeout: '5s' } }
  const manager = typed('network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'in',
    delayed_close_timeout: '0s',
    http_protocol_options: { accept_http_10: true },
    http_filters: [{ name: 'router', typed_config: typed('http.router.v3.Router', {}) }],
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
  })
  return JSON.stringify({
    static_resources: {
      listeners: [
        { address: address(port), filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }] },
      ],
      clusters: [
        {
          name: 'up',
          connect_timeout: '2s',
          load_assignment: {
            cluster_name: 'up',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }],
          },
        },
      ],
    },
  })
}
