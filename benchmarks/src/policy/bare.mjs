// What every other case is compared with: an asynchronous operation, awaited, with nothing around it.
const operation = async () => 42

/** @type {import('../runner/time-cases.mjs').Case} */
export const bare = {
  name: 'bare',
  loop: async (calls) => {
    for (let call = 0; call < calls; call += 1) await operation()
  },
}
