import picocolors from 'picocolors'

export type Colours = ReturnType<typeof picocolors.createColors>

/** One stream that text goes to, and what its far end can show. */
export interface TextSink {
  write(text: string): void
  readonly isTty: boolean
  /** Characters in a line; 100 when nobody says. */
  readonly columns: number
  readonly colours: Colours
}

/** Everything outside that a command may touch, so that a test can stand in for a terminal. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: TextSink
  readonly err: TextSink
  readonly in: {
    readonly isTty: boolean
    /** All of standard input as text, or the first `bytesMax` bytes of it. */
    read(bytesMax: number): Promise<string>
  }
}

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** A sink over a stream of this process. */
export function textSink(stream: Stream, env: Terminal['env']): TextSink {
  const isTty = stream.isTTY === true
  return {
    write: (text) => {
      stream.write(text)
    },
    isTty,
    columns: columnsOf(stream, env),
    colours: picocolors.createColors(wantsColour(isTty, env)),
  }
}

// NO_COLOR (no-color.org) wins over FORCE_COLOR: someone who cannot read colours must be able to rely on it.
function wantsColour(isTty: boolean, env: Terminal['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTty && env['TERM'] !== 'dumb'
}

function columnsOf({ columns }: Stream, env: Terminal['env']): number {
  const named = Number(env['COLUMNS'])
  const width = columns ?? (Number.isInteger(named) && named > 0 ? named : 100)
  return Math.min(Math.max(width, 40), 240)
}
