import type { z } from 'zod'
import type { DocumentPath } from '../source/manifest-source.js'

interface Definition {
  readonly type: string
  readonly shape?: Record<string, z.ZodType>
  readonly innerType?: z.ZodType
  readonly getter?: () => z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
}

/** The keys that a schema allows at a path, for the spelling hint of an unknown key. */
export function allowedKeys(schema: z.ZodType, path: DocumentPath): string[] {
  const definition = schema.def as unknown as Definition
  const inner = definition.innerType ?? definition.getter?.()
  if (inner !== undefined) return allowedKeys(inner, path)
  if (definition.options !== undefined)
    return definition.options.flatMap((option) => allowedKeys(option, path))
  const [step, ...rest] = path
  if (step === undefined) return Object.keys(definition.shape ?? {})
  const child = definition.shape?.[String(step)] ?? definition.valueType ?? definition.element
  return child === undefined ? [] : allowedKeys(child, rest)
}
