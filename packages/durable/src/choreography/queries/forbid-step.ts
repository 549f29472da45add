import type { StoreTransaction } from '../../store/store.js'
import { insertMark, type StepPlace } from './begin-step.js'

const undo = `
  update watertight.choreography_step as step set state = 'undone', updated_at = now()
  from (
    select state, result::text as result from watertight.choreography_step
    where choreography = $1 and id = $2 and step = $3 for update
  ) as former
  where step.choreography = $1 and step.id = $2 and step.step = $3
  returning former.state, former.result`

/**
 * Marks a step as undone: from then on it is not done any more. Resolves to the result of one that was done, in `result`, and
 * to undefined where there is nothing to undo.
 */
export async function forbidStep(
  transaction: StoreTransaction,
  { choreography, id, step }: StepPlace,
): Promise<{ readonly result: unknown } | undefined> {
  const place = [choreography, id, step]
  const { rows: forbidden } = await transaction.query(insertMark, [...place, 'undone'])
  if (forbidden.length > 0) return undefined
  const { rows } = await transaction.query<{ state: string; result: string | null }>(undo, place)
  const [former] = rows
  if (former?.state !== 'done') return undefined
  return { result: former.result === null ? undefined : (JSON.parse(former.result) as unknown) }
}
