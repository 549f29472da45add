import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Trial } from './trial.js'

/** Tries mutations one after the other in a process of its own, which is replaced when a mutation hangs it. */
export class MutationRunner {
  #worker: ChildProcess | undefined = undefined
  /** A worker keeps to one file: of another it would remember what it tried last. */
  #path: string | undefined = undefined

  /** A mutation that runs for ever, or `patienceMs`, is found by its tests as much as one that fails them. */
  async run(trial: Trial, patienceMs: number): Promise<boolean> {
    if (this.#path !== trial.path) this.stop()
    this.#path = trial.path
    const worker = (this.#worker ??= await started())
    const heard = new AbortController()
    const signal = AbortSignal.any([heard.signal, AbortSignal.timeout(patienceMs)])
    const answer = once(worker, 'message', { signal })
    const ended = once(worker, 'exit', { signal })
    worker.send(trial)
    const [said] = await Promise.race([answer, ended]).catch((): unknown[] => [])
    heard.abort()
    await Promise.allSettled([answer, ended])
    if (typeof said !== 'boolean') this.stop()
    return said === true
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
