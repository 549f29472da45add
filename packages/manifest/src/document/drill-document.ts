import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { systemWords } from '../words/system-words.js'

/** What is sent while a drill runs, so that there is something to notice it by. */
export interface DrillLoadDocument {
  /** `20/s` or `300/m`. */
  readonly rate: string
  /** Each as for `--load-request`: `POST /orders {"sku":"book-42"}`, or one file. Default: each GET of the gateway without parameters. */
  readonly requests?: readonly string[]
}

export interface DrillDocument<Service extends string = string> {
  /** `watertight up` runs it so often, while the system runs. */
  readonly every: Duration
  readonly story: string
  /** The service that is disturbed when `watertight drill` runs it. Without one, and without `strike`, it is an exercise of people alone. */
  readonly target?: Service
  /**
   * What is done to it: `latency` delays its answers, `error` answers in its place with 503, `kill` ends all of its processes without
   * warning, once, and leaves the rest to the system. Default `latency`.
   */
  readonly fault?: (typeof systemWords.drillFault)[number]
  /** How long answers are delayed. Default 10s. */
  readonly delay?: Duration
  /** A command that strikes, in place of `fault`: what no proxy stands before, such as a database. One that still runs when `for` is over is ended. */
  readonly strike?: string
  /** A command that ends what `strike` has done, when `for` is over and whenever the drill is broken off. */
  readonly heal?: string
  /** How long the fault lasts. Default 30s; a `kill`, and a `strike` that has ended, last until the system has healed itself, where there is no `heal`. */
  readonly for?: Duration
  /** What answers 200 while all is well: a URL, or a path of the target. Asked twice a second; anything else is trouble noticed. */
  readonly watch?: string
  /** A command that counts what was lost, once all is well again: its last line is a number. `WATERTIGHT_ACKNOWLEDGED` names the file of what was promised. */
  readonly verify?: string
  /** Within which it has to be noticed. Default 1m. */
  readonly detect?: Duration
  /** Within which all has to be well again once the fault has ended; without an end, once it has struck. Default 1m. */
  readonly recover?: Duration
  /** The share of requests that may fail meanwhile. Default: any, they are only counted. */
  readonly failed?: Percentage
  /** Default: none; what others send shows it too. */
  readonly load?: DrillLoadDocument
  /** Where detection and recovery are told, by a POST of JSON. */
  readonly notify?: string
}
