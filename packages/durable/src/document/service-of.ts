import type { ServiceModel, SystemModel } from '@watertight/manifest'
import { nearestSpelling } from '@watertight/policy/options'
import { DocumentError } from './document-error.js'

/** @throws {DocumentError} when the document has no such service */
export function serviceOf({ services }: SystemModel, name: string, action: string): ServiceModel {
  const found = services.get(name)
  if (found !== undefined) return found
  const names = [...services.keys()]
  const near = nearestSpelling(name, names)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new DocumentError(
    'WT_DOCUMENT_MISMATCH',
    `cannot ${action}: the service must be one of ${names.join(', ')}, got ${name}${hint}`,
  )
}
