import { z } from 'zod'
import { sagaStepWords, sagaWords } from '../words/saga-words.js'
import type { SagaDocument } from './data-document.js'
import { dataTable } from './data-table.js'
import { durationSchema, later, nameSchema, optional, textSchema } from './schemas.js'
import { shapeBelow } from './shape-below.js'

/** Of the things that a step may be, it is one. */
function isOneThing(step: object, kinds: readonly string[]): boolean {
  return kinds.filter((kind) => (step as Record<string, unknown>)[kind] !== undefined).length <= 1
}

const step = later(() => {
  const shape = {
    name: nameSchema,
    service: optional(nameSchema),
    operation: optional(textSchema),
    compensate: optional(textSchema),
    signal: optional(nameSchema),
    sleep: optional(durationSchema),
    saga: optional(nameSchema),
    ...shapeBelow(dataTable(sagaStepWords), ''),
  }
  const branch = z
    .strictObject(shape)
    .refine((given) => isOneThing(given, ['operation', 'signal', 'sleep', 'saga']), {
      error: 'must have at most one of operation, signal, sleep and saga',
    })
  return z
    .strictObject({ ...shape, parallel: optional(z.array(branch).min(1).max(100)) })
    .refine((given) => isOneThing(given, ['operation', 'signal', 'sleep', 'saga', 'parallel']), {
      error: 'must have at most one of operation, signal, sleep, saga and parallel',
    })
})

export const sagaSchema: z.ZodType<SagaDocument> = later(
  () =>
    z.strictObject({
      description: optional(textSchema),
      service: optional(nameSchema),
      ...shapeBelow(dataTable(sagaWords), ''),
      steps: z.array(step).min(1).max(1_000),
    }) as z.ZodType as z.ZodType<SagaDocument>,
)
