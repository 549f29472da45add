import type { StoreTransaction } from '../../store/store.js'

/** Which step of which choreography. */
export interface StepPlace {
  readonly choreography: string
  readonly id: string
  readonly step: string
}

/** Nothing comes of it where there is a mark already. */
export const insertMark: string = `
  insert into watertight.choreography_step (choreography, id, step, state) values ($1, $2, $3, $4)
  on conflict do nothing returning step`

/** Marks a step as begun; false when it was before, or must not be done any more. */
export async function beginStep(
  transaction: StoreTransaction,
  { choreography, id, step }: StepPlace,
): Promise<boolean> {
  const { rows } = await transaction.query(insertMark, [choreography, id, step, 'begun'])
  return rows.length > 0
}
