import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Trial } from './trial.js'

/** A mutation that runs for ever is found by its tests as much as one that fails them. */
const PATIENCE_MS = 60_000

/** Tries mutations one after the other in a process of its own, which is replaced when a mutation hangs it. */
export class MutationRunner {
  #worker: ChildProcess | undefined = undefined

  async run(trial: Trial): Promise<{ readonly passed: boolean }> {
    const worker = (this.#worker ??= await started())
    const heard = new AbortController()
    const signal = AbortSignal.any([heard.signal, AbortSignal.timeout(PATIENCE_MS)])
    const answer = once(worker, 'message', { signal })
    const ended = once(worker, 'exit', { signal })
    worker.send(trial)
    const [said] = await Promise.race([answer, ended]).catch((): unknown[] => [])
    heard.abort()
    await Promise.allSettled([answer, ended])
    if (typeof said !== 'boolean') this.stop()
    return { passed: said === true }
  }

  stop(): void {
    this.#worker?.kill('SIGKILL')
    this.#worker = undefined
  }
}

async function started(): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('./mutation-worker.js', import.meta.url)), [], {
    stdio: 'inherit',
  })
  await once(worker, 'message')
  return worker
}
