import { type ChildProcess, spawn } from 'node:child_process'

export interface EnvoyProcessOptions {
  readonly program: string
  readonly bootstrap: string
  /** Threads that do the work. Default: one for each processor. */
  readonly workers?: number | undefined
  /** A file that it writes the address of its admin port to, for where that is 0: any that is free. */
  readonly adminAddressFile?: string | undefined
  /** How long requests under way have when it is to end. */
  readonly drainSeconds?: number | undefined
  /** Told of what it writes, line by line: the access log on standard output, its own words on standard error. */
  readonly onLine?: ((line: string, stream: 'out' | 'err') => void) | undefined
}

/** Starts Envoy. It ends with its standard streams, or by a signal; whoever starts it ends it. */
export function startEnvoy(options: EnvoyProcessOptions): ChildProcess {
  const { program, bootstrap, workers, adminAddressFile, drainSeconds = 600, onLine } = options
  const child = spawn(
    program,
    [
      '--config-path',
      bootstrap,
      // What it does not know in a file would be left out in silence.
      '--reject-unknown-dynamic-fields',
      // Two that run side by side would otherwise meet in shared memory.
      '--disable-hot-restart',
      '--log-level',
      'warning',
      '--drain-time-s',
      String(drainSeconds),
      '--drain-strategy',
      'immediate',
      ...(adminAddressFile === undefined ? [] : ['--admin-address-path', adminAddressFile]),
      ...(workers === undefined ? [] : ['--concurrency', String(workers)]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  for (const [stream, name] of [
    [child.stdout, 'out'],
    [child.stderr, 'err'],
  ] as const) {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop() ?? ''
      if (onLine !== undefined) for (const line of lines) onLine(line, name)
    })
  }
  return child
}
