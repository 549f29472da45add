import type { StoreTransaction } from '../../store/store.js'
import type { StepPlace } from './begin-step.js'

const end = `
  update watertight.choreography_step set state = $4, result = $5, updated_at = now()
  where choreography = $1 and id = $2 and step = $3`

export async function endStep(
  transaction: StoreTransaction,
  { choreography, id, step }: StepPlace,
  { state, result }: { readonly state: 'done' | 'refused'; readonly result: unknown },
): Promise<void> {
  await transaction.query(end, [choreography, id, step, state, JSON.stringify(result ?? null)])
}
