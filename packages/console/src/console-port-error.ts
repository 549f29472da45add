/** Where the console was to listen, it cannot. */
export class ConsolePortError extends Error {
  readonly code = 'WT_CONSOLE_PORT'
  readonly port: number

  constructor(host: string, port: number, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened at: ${code}`
    super(`cannot open the console: port ${port} on ${host} ${why}`, { cause })
    this.name = 'ConsolePortError'
    this.port = port
  }
}
