import type { Schema } from 'ajv'

const text = { type: 'string', minLength: 1 }
const fromOne = { type: 'integer', minimum: 1 }
const list = (items: Schema, minItems = 0): Schema => ({ type: 'array', minItems, items })

function shape(required: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  }
}

const level = { enum: ['none', 'note', 'warning', 'error'] }
// RFC 3986: what else a path may hold is written in percent, and a first segment with a colon would be a scheme.
const relativeUri = { type: 'string', pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$" }
const region = shape({ startLine: fromOne, startColumn: fromOne, endLine: fromOne, endColumn: fromOne })
const artifactLocation = shape({ uri: relativeUri })
const physicalLocation = shape({ artifactLocation, region })
const place = shape({ artifactLocation, region: shape({ startLine: fromOne, startColumn: fromOne }) })
const suppression = shape({ kind: { enum: ['inSource', 'external'] } }, { justification: text })
const rule = shape(
  { id: text },
  { shortDescription: shape({ text }), help: shape({ text }), defaultConfiguration: shape({ level }) },
)
const result = shape({
  ruleId: text,
  level,
  message: shape({ text }),
  locations: list(shape({ physicalLocation }), 1),
  relatedLocations: list(shape({ physicalLocation: place })),
  suppressions: list(suppression),
})

/**
 * The part of SARIF 2.1.0 that a report uses, after the tables of the specification (section 3): what is required
 * there, and no property that it does not know.
 */
export const SARIF_SHAPE: Schema = shape({
  $schema: text,
  version: { const: '2.1.0' },
  runs: list(
    shape({
      tool: shape({ driver: shape({ name: text, rules: list(rule) }) }),
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: list(result),
    }),
    1,
  ),
})
