import { RefusedByRunError } from '@watertight/supervisor'
import type { RunSource } from '../sources/run-source.js'
import type { Action } from './action.js'
import { ActionRefusedError } from './action-refused-error.js'
import { ActionWords } from './action-words.js'

/** What the supervisor does for an operator: restart, kill, scale. */
export function runActions(run: RunSource | undefined): Action[] {
  const obstacle = (): string | null => {
    if (run === undefined) return 'no document is named, so no run can be found'
    const { told } = run.source
    // Whoever has to act in an incident acts on a machine that is busy.
    return told.known || run.isThere ? null : `watertight up cannot be asked: ${told.reason}`
  }
  return [
    {
      name: 'restart',
      obstacle,
      act: async (body) => {
        const name = new ActionWords('restart', body, ['service']).text('service')
        await asked(async () => (await clientOf(run)).restart(name))
        return `${name} has been restarted`
      },
    },
    {
      name: 'kill',
      obstacle,
      act: async (body) => {
        const name = new ActionWords('kill', body, ['service']).text('service')
        await asked(async () => (await clientOf(run)).signal(name, 'SIGKILL'))
        return `${name} has been killed; the supervisor starts it again`
      },
    },
    {
      name: 'scale',
      obstacle,
      act: async (body) => {
        const words = new ActionWords('scale', body, ['service', 'replicas'])
        const service = words.text('service')
        const replicas = words.value('replicas')
        if (!Number.isInteger(replicas)) throw words.mustBe('replicas', 'an integer from 1 to 100')
        await asked(async () => (await clientOf(run)).scale(service, replicas as number))
        return `${service} has ${replicas === 1 ? '1 replica' : `${String(replicas)} replicas`}`
      },
    },
  ]
}

async function clientOf(run: RunSource | undefined) {
  if (run === undefined) throw new ActionRefusedError('cannot reach the run: no document is named')
  return await run.client()
}

async function asked(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof RefusedByRunError)) throw error
    const hint = error.known.length === 0 ? null : `there are ${error.known.join(', ')}`
    throw new ActionRefusedError(error.message, error.code, hint)
  }
}
