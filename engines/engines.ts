import { debianEngine } from './debian.js'
import type { Engine } from './engine.js'

/** Every engine that some test needs. */
export const engines: readonly Engine[] = [
  debianEngine({
    name: 'prometheus',
    packageName: 'prometheus',
    programs: { promtool: 'usr/bin/promtool', prometheus: 'usr/bin/prometheus' },
  }),
]
