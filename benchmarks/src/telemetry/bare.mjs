import { settled } from './calls.mjs'

/** @type {import('../runner/time-cases.mjs').Case} */
export const bare = {
  name: 'bare',
  loop: async (count) => {
    for (let index = 0; index < count; index += 1) await settled
  },
}
