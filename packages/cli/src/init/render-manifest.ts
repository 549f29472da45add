import { orderCalls } from './call-order.js'
import { BOTTOM, DATASTORE_POLICY, OUTER_POLICY, STANDARD_POLICY } from './standard-policy.js'
import { serviceLines } from './service-lines.js'
import type { Unused } from './sources/unused.js'
import type { ServiceSketch, SystemSketch } from './system-sketch.js'
import { triedOnce } from './tried-once.js'

/**
 * Writes a manifest with comments. Whatever the sketch holds, `check` finds no error in it.
 *
 * `schema` is where the JSON Schema for editors stands, when there is one.
 */
export function renderManifest(sketch: SystemSketch, options: { readonly schema?: string } = {}): string {
  const order = orderCalls(sketch)
  const once = triedOnce(sketch, order)
  const services = portsOnce(sketch).map((service) => serviceLines(service, sketch, order, once))
  const policyNames = new Set(services.flatMap(({ policies }) => policies))
  const policies = [
    STANDARD_POLICY,
    ...(policyNames.has('outer') ? [OUTER_POLICY] : []),
    ...(policyNames.has('datastore') ? [DATASTORE_POLICY] : []),
  ]
  const head = [
    ...(options.schema === undefined ? [] : [`# yaml-language-server: $schema=${options.schema}`]),
    ...sketch.notes.map((note) => `# ${note.replaceAll(/\s+/g, ' ')}`),
    'watertight: v1',
    `system: ${sketch.system}`,
    '',
    '# What a call does when things go wrong. Every value is a first guess: set it by what you measure.',
    'policies:',
  ]
  return [
    `${head.join('\n')}\n`,
    policies.join(''),
    '\nservices:\n',
    services.map(({ lines }) => lines.map((line) => `${line}\n`).join('')).join('\n'),
    unusedLines(sketch).join(''),
    `\n${BOTTOM}`,
  ].join('')
}

function unusedLines({ unused = [] }: SystemSketch): string[] {
  if (unused.length === 0) return []
  const lines = unused.map((entry) => `# - ${unusedText(entry)}\n`)
  return ['\n# Not in this manifest:\n', ...lines]
}

/** One line about something that is not used. */
export function unusedText({ path, count, reason }: Unused): string {
  const more = count > 1 ? ` (and ${count - 1} more like it)` : ''
  return `${path}${more}: ${reason}`.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, 400)
}

// Containers have addresses of their own and may all listen on 8080; processes that are run on one machine may not.
function portsOnce({ services }: SystemSketch): readonly ServiceSketch[] {
  const owners = new Map<number, string>()
  return services.map((service) => {
    const { port, ...others } = service
    if (port === undefined || service.run === undefined) return service
    const owner = owners.get(port)
    if (owner === undefined) owners.set(port, service.name)
    return owner === undefined ? service : { ...others, clash: { port, owner } }
  })
}
