import { type Random, runtime } from '@watertight/policy/decisions'

/** The chance that the policies of this process draw from, whichever that is now. */
export const random: Random = () => runtime.random()
