import fc, { configureGlobal, type GlobalParameters } from '../node_modules/fast-check/lib/fast-check.js'

/**
 * What tests get when they import fast-check: the same properties, drawn from one seed, so that one commit has one
 * verdict. `WATERTIGHT_SEED=random` looks for what other seeds would find, as `npm run fuzz` does.
 */
export const seededProperties: GlobalParameters = seedOf(process.env['WATERTIGHT_SEED'] ?? '1')

function seedOf(given: string): GlobalParameters {
  return given === 'random' ? {} : { seed: Number(given) }
}

configureGlobal(seededProperties)

export * from '../node_modules/fast-check/lib/fast-check.js'
// oxlint-disable-next-line import/no-default-export -- it stands in for fast-check, which has one
export default fc
