import type { ManifestDocument } from '../document/manifest-document.js'
import { checkReading } from '../findings/check-manifest.js'
import type { Report } from '../findings/report.js'
import type { SystemModel } from '../model/system-model.js'
import { readDocument } from '../reading/read-manifest.js'

/** A system that was defined in code: the same model and report that its document would give. */
export interface DefinedSystem<Service extends string = string, Policy extends string = string> {
  readonly document: ManifestDocument<Service, Policy>
  readonly model: SystemModel
  readonly report: Report
}

/** The definition has an error; `report` has all of them. */
export class InvalidSystemError extends Error {
  readonly code = 'WT_INVALID_SYSTEM'
  readonly report: Report

  constructor(message: string, report: Report) {
    super(message)
    this.name = 'InvalidSystemError'
    this.report = report
  }
}

/**
 * Builds the model of `watertight.yaml` from code. The names of services and policies are checked by the
 * compiler wherever they are referred to.
 *
 * @throws InvalidSystemError when the definition cannot be read, such as a wrong unit or an unknown key. What
 *   `check` has against a definition that can be read stands in `report`.
 * @example
 * const system = defineSystem({
 *   watertight: 'v1',
 *   system: 'orders',
 *   policies: { standard: { timeout: { attempt: '1s', total: '3s' } } },
 *   services: { order: { calls: { payment: { policy: 'standard' } } }, payment: {} },
 * })
 */
export function defineSystem<const Service extends string, const Policy extends string = never>(
  document: ManifestDocument<Service, Policy>,
): DefinedSystem<Service, Policy> {
  const reading = readDocument(document, 'defineSystem')
  const report = checkReading(reading)
  const [first] = reading.problems
  if (reading.system === undefined || first !== undefined) {
    throw new InvalidSystemError(
      `cannot define system: ${first?.message ?? 'the definition is not readable'}`,
      report,
    )
  }
  return { document, model: reading.system.model, report }
}
