import { checkOptions, nearestSpelling, OptionError, quote, record } from '@watertight/policy/options'
import type { VersionMove } from './saga-definition.js'
import type { SagaPlan } from './saga-plan.js'

/** A move that cannot be made would come to light only when an instance is to go on by it, and then again and again. */
export function refuseWrongMigrations(
  { name, version, stages }: SagaPlan,
  migrations: Readonly<Record<number, VersionMove>>,
): void {
  const steps = stages.flat().map((step) => step.name)
  for (const [older, move] of Object.entries(migrations)) {
    const option = `migrations.${older}`
    if (!/^[1-9]\d*$/.test(older) || Number(older) >= version)
      throw new OptionError(
        `cannot create saga ${name}: migrations must be by versions older than ${version}, got ${quote(older)}`,
        option,
      )
    checkOptions(`saga ${name}`, move, { renamed: record }, `${option}.`)
    const targets = Object.values(move.renamed ?? {})
    for (const [index, target] of targets.entries()) {
      const what = `cannot create saga ${name}: ${option}.renamed must name steps of version ${version}`
      if (targets.indexOf(target) !== index)
        throw new OptionError(`${what}, each once, got ${quote(target)} twice`, option)
      if (steps.includes(target)) continue
      const near = typeof target === 'string' ? nearestSpelling(target, steps) : undefined
      const hint = near === undefined ? `it has ${steps.join(', ')}` : `did you mean ${near}?`
      throw new OptionError(`${what}, got ${quote(target)}; ${hint}`, option)
    }
  }
}
