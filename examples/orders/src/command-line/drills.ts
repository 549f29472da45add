import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { MANIFEST_FILE } from '../manifest/manifest.js'
import { watertightProgram } from '../system/watertight-program.js'

/** What `watertight drill --by-schedule --json` tells, a line each. */
interface DrillEvent {
  readonly phase: string
  readonly text: string
}

/** What is drilled. */
export interface DrilledShop {
  readonly runFolder: string
  /** What the shop is run as. */
  readonly profile?: string | undefined
  readonly manifestFile?: string
}

/** The drills of the document, run by their `every` for as long as the shop is open: as `watertight up` does, in a process beside it. */
export class Drills {
  readonly #child: ChildProcess

  constructor(
    { runFolder, profile, manifestFile = MANIFEST_FILE }: DrilledShop,
    hear: (event: DrillEvent) => void,
  ) {
    const words = ['drill', '--by-schedule', '--json', '--manifest', manifestFile, '--folder', runFolder]
    const more = profile === undefined ? [] : ['--profile', profile]
    this.#child = spawn(process.execPath, [watertightProgram(), ...words, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (this.#child.stdout === null) return
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      hear(eventIn(line))
    })
  }

  /** Ends the drill that runs, with its fault. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}

/** Whatever else it says, such as why it cannot run, is passed on as it is. */
function eventIn(line: string): DrillEvent {
  try {
    return JSON.parse(line) as DrillEvent
  } catch {
    return { phase: 'said', text: line }
  }
}
