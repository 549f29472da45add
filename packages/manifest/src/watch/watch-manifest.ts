import { ManifestWatcher } from './manifest-watcher.js'
import type { WatchManifestOptions } from './watch-manifest-options.js'
import { systemPorts } from './watch-ports.js'

/** A watch that is on. */
export interface ManifestWatch {
  /** Ends the watch. Nothing is called any more. */
  close(): void
}

/**
 * Follows a manifest: each change is debounced, read whole, and either handed on as a model or refused with the reason,
 * so that thresholds change without a restart. A change that leaves the text as it was is none. It keeps no process
 * alive.
 *
 * @throws RangeError when a time is not a number of at least 1
 * @example
 * const watch = watchManifest('watertight.yaml', {
 *   onChange: (model) => { console.log(`now with ${model.policies.size} policies`) },
 *   onRefused: ({ message }) => { console.error(message) },
 * })
 * watch.close()
 */
export function watchManifest(file: string, options: WatchManifestOptions): ManifestWatch {
  const watcher = new ManifestWatcher(file, options, systemPorts)
  watcher.start()
  return {
    close: () => {
      watcher.close()
    },
  }
}
