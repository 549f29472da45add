import { z } from 'zod'
import { manifestSchema } from './manifest-schema.js'

/**
 * The JSON Schema (draft-07) of `watertight.yaml`, for editors.
 *
 * @example
 * console.log(JSON.stringify(manifestJsonSchema(), null, 2))
 */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input', reused: 'ref' })
  return { title: 'watertight.yaml', ...schema }
}
