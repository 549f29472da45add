import { type FaultRule, Faults } from '@watertight/traffic'
import { clock } from './clock.js'
import { random } from './random.js'

/** The faults that an option asks for: its own, or rules that are in force from now on. */
export function faultsOf(given: readonly FaultRule[] | Faults | undefined): Faults | undefined {
  if (given === undefined || given instanceof Faults) return given
  const faults = new Faults(random)
  faults.inject(given, clock.now())
  return faults
}
