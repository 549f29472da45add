import type { Report } from '../findings/report.js'
import type { SystemModel } from '../model/system-model.js'
import type { Profile } from '../profile/profile.js'

/** Why a change was not taken over. */
export interface RefusedChange {
  /** In one line. */
  readonly message: string
  /** What is wrong with the document; absent when it could not be read at all. */
  readonly report: Report | undefined
  /** What was thrown, if something was. */
  readonly cause: unknown
}

export interface WatchManifestOptions {
  /**
   * Called with each change that can be read. `report` holds what `check` has against it, which refuses nothing. If
   * it throws, the change counts as refused.
   */
  readonly onChange: (model: SystemModel, report: Report) => void
  /** Called with each change that cannot be read; what was in force before stays in force. */
  readonly onRefused: (refused: RefusedChange) => void
  /** The text that is in force already. Default: none, and the first reading is the first change. */
  readonly text?: string | undefined
  /** What changes the text before it is read; its own file is not followed. Default: nothing. */
  readonly profile?: Pick<Profile, 'read'> | undefined
  /** How long the file must be quiet before it is read, in milliseconds. Default 100. */
  readonly debounceMs?: number | undefined
  /**
   * How long writing may go on, the file be missing, or reading take, in milliseconds, before something is done about
   * it. Default 2000.
   */
  readonly deadlineMs?: number | undefined
  /** How often to look where the file system tells nothing, in milliseconds. Default 5000. */
  readonly pollMs?: number | undefined
  /** Ends the watch when it aborts. */
  readonly signal?: AbortSignal | undefined
}
