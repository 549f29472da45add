import type { AdminFacts, AdminQuestion } from '@watertight/proxy'

/** From a worker, once it takes requests. */
export interface ReadyMessage {
  readonly type: 'ready'
  /** What is to be said once all of them are. */
  readonly line: string
}

/** To a worker: what an admin listener is asked. */
export interface QuestionMessage {
  readonly type: 'question'
  readonly number: number
  readonly what: AdminQuestion
  readonly words: string | undefined
}

/** And what it answers. */
export interface AnswerMessage {
  readonly type: 'answer'
  readonly number: number
  readonly fact: AdminFacts[AdminQuestion]
}

export type WorkerMessage = ReadyMessage | AnswerMessage
