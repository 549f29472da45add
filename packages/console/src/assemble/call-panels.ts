import { dirname, sep } from 'node:path'
import { explainCall, type ExplainedValue, explainRoute } from '@watertight/manifest/tooling'
import type { CallPanel } from '../model/service-panel.js'
import type { DocumentReading } from '../sources/document-source.js'

/** What is in force for the calls of a service, value by value, and why. */
export function callPanels({ system, source }: DocumentReading, service: string): CallPanel[] {
  if (service === 'gateway') return routePanels({ system, source })
  const calls = system.model.services.get(service)?.calls ?? []
  return calls.map(({ to }) => {
    const { enforce, mode, policy, values, attempts, longestMs, fallback } = explainCall(
      { ...system, source },
      { from: service, to },
    )
    return {
      to,
      enforcedBy: enforce.point,
      policy,
      mode,
      summary: [...worst(attempts.wire, longestMs), `fallback: ${fallback}`],
      values: shown(values, source.file),
    }
  })
}

/** What is in force for the routes of the gateway that lead to a service. */
function routePanels({ system, source }: Pick<DocumentReading, 'system' | 'source'>): CallPanel[] {
  return system.model.forwardingRoutes.flatMap(({ to, match, path, policy: { mode }, fallback }) =>
    explainRoute({ ...system, source }, match.path)
      .filter(({ position }) => position === Number(path.at(-1)) + 1)
      .map(({ policy, values, attempts, longestMs }) => ({
        to,
        enforcedBy: 'gateway' as const,
        policy,
        mode,
        summary: [
          `route ${match.path}`,
          ...worst(attempts, longestMs),
          `fallback: ${fallback === undefined ? 'none' : 'as the route says'}`,
        ],
        values: shown(values, source.file),
      })),
  )
}

const worst = (requests: number, longestMs: number): string[] => [
  `at worst ${requests} requests`,
  longestMs === Infinity ? 'nothing limits its time' : `at worst ${longestMs} ms`,
]

/** Where it stands is told by the name of the document: the way to it is long, and on the machine of the console. */
const shown = (values: readonly ExplainedValue[], file: string): CallPanel['values'] =>
  values.map(({ name, value, origin }) => ({
    setting: name,
    value,
    origin: origin.replace(`${dirname(file)}${sep}`, ''),
  }))
