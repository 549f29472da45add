import { explainCall } from '@watertight/manifest/tooling'
import type { CallPanel } from '../model/service-panel.js'
import type { DocumentReading } from '../sources/document-source.js'

/** What is in force for the calls of a service, value by value, and why. */
export function callPanels({ system, source }: DocumentReading, service: string): CallPanel[] {
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
      summary: [
        `at worst ${attempts.wire} requests`,
        longestMs === Infinity ? 'nothing limits its time' : `at worst ${longestMs} ms`,
        `fallback: ${fallback}`,
      ],
      values: values.map(({ name, value, origin }) => ({ setting: name, value, origin })),
    }
  })
}
