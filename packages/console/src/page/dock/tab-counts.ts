import type { Snapshot } from '../../model/snapshot.js'
import type { Tab } from '../state/view-address.js'

/** What waits for somebody behind each tab: 0 says nothing, so that a number is a reason to look. */
export type TabCounts = Readonly<Partial<Record<Tab, { readonly loud: number }>>>

export function tabCounts({ sagas, messaging, faults }: Snapshot): TabCounts {
  return {
    sagas: {
      loud: sagas.known ? sagas.value.filter(({ status }) => status === 'compensation-failed').length : 0,
    },
    messages: { loud: messaging.known ? messaging.value.deadLetters.length : 0 },
    faults: { loud: faults.known ? faults.value.active.length : 0 },
  }
}
