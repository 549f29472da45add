/** A list of values that is only ever added to. What `append` has resolved for is kept, whatever happens. */
export interface Journal<T> {
  /** Resolves once `value` is kept. */
  append(value: T): Promise<void>
  /** Resolves once everything appended so far is kept. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Opens the journal of this name, or a new one, and hands every value in it to `replay`, in order. */
export type OpenJournal = <T>(name: string, replay: (value: T) => void) => Promise<Journal<T>>
