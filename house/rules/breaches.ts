import { readModule } from '../source-module.js'
import type { SourceFile } from '../sources.js'
import { banBreaches } from './ban-breaches.js'
import { cycleBreaches } from './cycle-breaches.js'
import { exportNameBreaches } from './export-name-breaches.js'
import { layerBreaches } from './layer-breaches.js'
import { nameBreaches } from './name-breaches.js'
import { orphanBreaches } from './orphan-breaches.js'
import { pageBreaches } from './page-breaches.js'
import { sizeBreaches } from './size-breaches.js'
import { textBreaches } from './text-breaches.js'
import { vocabularyBreaches } from './vocabulary-breaches.js'

/**
 * Checks the files of a repository against the rules of the house and returns one line a breach.
 * `entries` are the files that something outside the source tree starts: package exports, programs.
 */
export function breaches(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const paths = new Set(files.map((file) => file.path))
  const modules = files.filter((file) => /\.tsx?$/.test(file.path)).map((file) => readModule(file, paths))
  return [
    ...files.flatMap(textBreaches),
    ...modules.flatMap((module) => [
      ...sizeBreaches(module),
      ...nameBreaches(module),
      ...layerBreaches(module),
      ...banBreaches(module),
    ]),
    ...exportNameBreaches(modules, entries),
    ...cycleBreaches(modules),
    ...vocabularyBreaches(files, modules),
    ...orphanBreaches(modules, entries),
    ...pageBreaches(files),
  ]
}
