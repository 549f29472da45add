/**
 * A place that may forget, and that may be left alone: it holds copies of what a database has committed and never decides anything.
 * It neither fails nor keeps anybody waiting for long.
 */
export interface Cache {
  /** Undefined where it has nothing, or is not asked. */
  get(key: string): Promise<string | undefined>
  /** Keeps a copy until then, in milliseconds since 1970, if it may: nobody waits for it, and nobody is told. */
  put(key: string, value: string, expiresAt: number): void
  /** False while it is left alone: it is slow, fails, or has too much to do. */
  readonly isInUse: boolean
  close(): Promise<void>
}
