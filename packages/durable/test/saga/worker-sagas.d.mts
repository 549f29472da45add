import type { SagaDefinition } from '@watertight/durable'

export declare function workerSagas(options: {
  /** The file that tells of what was done. */
  readonly effects: string
  readonly effect: (line: string) => void
  readonly onBegan?: (key: string, attempt: number) => Promise<void> | void
}): Readonly<Record<'eventful' | 'flaky' | 'whole', SagaDefinition>>
