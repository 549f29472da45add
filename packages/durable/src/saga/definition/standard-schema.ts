import { errorText } from '../../failure/error-text.js'

/**
 * Any schema that follows the Standard Schema specification, version 1 (standardschema.dev): Zod, Valibot, ArkType and
 * others. Only what is needed of it is declared here, so that no library has to be.
 */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The value as it is stored: checked, and plain JSON, so that it is the same before and after a restart. */
export async function storedValue(
  schema: StandardSchema<unknown> | undefined,
  value: unknown,
): Promise<{ readonly value: unknown } | { readonly message: string }> {
  const checked = schema === undefined ? { value } : await schema['~standard'].validate(value)
  if (checked.issues !== undefined) return { message: checked.issues.map(issueText).join('; ') }
  try {
    // A function and a symbol have no JSON, and `undefined` is what a step without a result returns.
    return { value: JSON.parse(JSON.stringify(checked.value) ?? 'null') as unknown }
  } catch (error) {
    return { message: `it cannot be stored as JSON: ${errorText(error)}` }
  }
}

function issueText({ message, path = [] }: SchemaIssue): string {
  const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return place === '' ? message : `${place}: ${message}`
}
