/** Another run uses the same folder. */
export class AlreadyRunningError extends Error {
  readonly code = 'WT_ALREADY_RUNNING'
  readonly pid: number

  constructor(folder: string, pid: number) {
    super(`cannot start: the system already runs (process ${pid}, in ${folder})`)
    this.name = 'AlreadyRunningError'
    this.pid = pid
  }
}
