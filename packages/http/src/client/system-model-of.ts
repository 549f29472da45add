import type { CallModel, DefinedSystem, ManifestReading, SystemModel } from '@watertight/manifest'
import { OptionError } from '@watertight/policy'
import { nearestSpelling, quote, record } from '@watertight/policy/options'

/** A model, or what `defineSystem` and `readManifest` give. */
export type SystemSource = SystemModel | Pick<DefinedSystem, 'model'> | ManifestReading

/**
 * The model of a system. What is wrong with a document takes protections away from its calls, so that one with problems
 * is refused: nobody would notice a call that is not limited until it hangs.
 *
 * @throws {OptionError} with the first problem, its place and how to fix it, and the count of the others
 */
export function systemModelOf(source: SystemSource): SystemModel {
  if (!record.accepts(source) || !['services', 'model', 'problems'].some((key) => key in source)) {
    const given = (source as { then?: unknown } | undefined)?.then === undefined ? quote(source) : 'a promise'
    throw refusal(`the system must be what readManifest or defineSystem gives, got ${given}`, 0)
  }
  if ('services' in source) return whole(source, undefined)
  if ('model' in source) return whole(source.model, undefined)
  const [first, ...others] = source.problems
  if (first !== undefined) {
    const { start } = first.range ?? source.source.locate(first.path, first.part)
    throw refusal(`${placeOf(source, start)}${first.message}; ${first.hint}`, others.length)
  }
  if (source.system === undefined) throw refusal(`${source.source.file} is not a manifest`, 0)
  return whole(source.system.model, source)
}

/** A call whose policy does not exist would have none. */
function whole(model: SystemModel, reading: ManifestReading | undefined): SystemModel {
  const lost = model.calls.filter((call) => policyName(model, call) !== undefined)
  const [first, ...others] = lost
  if (first === undefined) return model
  const name = policyName(model, first) ?? ''
  const nearest = nearestSpelling(name, [...model.policies.keys()])
  const place =
    reading === undefined
      ? ''
      : placeOf(reading, reading.source.locate([...first.path, 'policy'], 'value').start)
  const hint = nearest === undefined ? 'watertight check lists what there is' : `did you mean ${nearest}?`
  throw refusal(`${place}${first.from} > ${first.to}: there is no policy ${name}; ${hint}`, others.length)
}

/** The name that a call gives of a policy, where there is none of that name. */
function policyName({ document, policies }: SystemModel, { from, to }: CallModel): string | undefined {
  const name = document.services[from]?.calls?.[to]?.policy
  return name === undefined || policies.has(name) ? undefined : name
}

function placeOf({ source }: ManifestReading, start: number): string {
  const { line, column } = source.position(start)
  return source.text === '' ? '' : `${source.file}:${line}:${column} `
}

function refusal(problem: string, others: number): OptionError {
  const more = others === 0 ? '' : ` (and ${others} more: watertight check)`
  return new OptionError(`cannot create client: ${problem}${more}`, 'system')
}
