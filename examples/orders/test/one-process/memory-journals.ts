import type { OpenJournal } from '../../src/journal/journal.js'

/** Journals that outlive whoever opens them, as files outlive a process: opened again, they replay what was kept. */
export function memoryJournals(): OpenJournal {
  const kept = new Map<string, string[]>()
  return async (name, replay) => {
    const lines = kept.get(name) ?? []
    kept.set(name, lines)
    for (const line of lines) replay(JSON.parse(line))
    return {
      append: async (value) => void lines.push(JSON.stringify(value)),
      settled: async () => {},
      close: async () => {},
    }
  }
}
