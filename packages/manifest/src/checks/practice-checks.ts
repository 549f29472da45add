import type { Check } from './check.js'

export const practiceChecks: readonly Check[] = [
  {
    code: 'WT-PRACTICE-LOCAL-STATE',
    group: 'practices',
    severity: 'warning',
    title: 'several replicas keep state of their own',
    *find(model) {
      for (const { name, path, document } of model.services.values()) {
        const replicas = document.scale?.max ?? document.scale?.min ?? 1
        if (document.state !== 'local' || replicas < 2) continue
        yield {
          path: [...path, 'state'],
          message: `${name} keeps state in each of up to ${replicas} replicas, so that a restart loses some of it`,
          hint: 'keep it in a store and write state: external',
        }
      }
    },
  },
  {
    code: 'WT-PRACTICE-ALL-AT-ONCE-RELEASE',
    group: 'practices',
    severity: 'warning',
    title: 'a release replaces every replica at once',
    *find(model) {
      for (const { name, path, document } of model.services.values()) {
        if (document.release !== 'recreate') continue
        yield {
          path: [...path, 'release'],
          message: `a release of ${name} stops all of it: canary, blue-green or rolling is needed, got recreate`,
          hint: 'write release: canary',
        }
      }
      if (model.document.platform?.release === 'recreate') {
        yield {
          path: ['platform', 'release'],
          message: 'a release stops the whole service: canary, blue-green or rolling is needed, got recreate',
          hint: 'write release: canary',
        }
      }
    },
  },
  {
    code: 'WT-PRACTICE-NO-CHAOS',
    group: 'practices',
    severity: 'note',
    title: 'no experiment proves what this document promises',
    *find(model) {
      if (model.calls.length === 0 || model.experiments.length > 0) return
      yield {
        path: ['services'],
        message: `${model.name} has no chaos experiment that tries the policies of its calls`,
        hint: 'add chaos: with one experiment a week for the most used dependency',
      }
    },
  },
  {
    code: 'WT-PRACTICE-EXPERIMENT-ONCE',
    group: 'practices',
    severity: 'note',
    title: 'an experiment without a schedule',
    *find(model) {
      for (const { name, every } of model.experiments) {
        if (every !== undefined) continue
        yield {
          path: ['chaos', name],
          message: `experiment ${name} has no schedule, so that what it proves grows old`,
          hint: 'write every: 7d',
        }
      }
    },
  },
  {
    code: 'WT-PRACTICE-NOT-REVIEWED',
    group: 'practices',
    severity: 'note',
    title: 'nothing says when the thresholds were reviewed',
    *find(model) {
      if (model.policies.size === 0 || model.document.reviewed !== undefined) return
      yield {
        path: ['policies'],
        message: 'the thresholds have no review date',
        hint: 'add `reviewed: YYYY-MM-DD`, the day of the last review, at the top of the document',
      }
    },
  },
  {
    code: 'WT-PRACTICE-TELEMETRY-INCOMPLETE',
    group: 'practices',
    severity: 'note',
    title: 'one of metrics, traces and logs is missing',
    *find(model) {
      const telemetry = model.document.platform?.telemetry
      if (telemetry === undefined) return
      const missing = (['metrics', 'traces', 'logs'] as const).filter(
        (pillar) => telemetry[pillar] === undefined,
      )
      if (missing.length === 0) return
      yield {
        path: ['platform', 'telemetry'],
        message: `an outage is told by metrics, traces and logs together; missing: ${missing.join(', ')}`,
        hint: `add ${missing.join(' and ')} below telemetry`,
      }
    },
  },
]
