interface Scope {
  readonly cancelRequested: Promise<never>
  run<Result>(work: () => Promise<Result>): Promise<Result>
  cancel(): void
}

interface Definition<Arguments extends readonly unknown[]> {
  readonly name: string
  readonly arguments?: Arguments
}

/** Our own, by their names; what they are given and answer is JSON. */
interface Activities {
  takeTurn(turn: unknown): Promise<unknown>
  askStep(asked: unknown): Promise<unknown>
}

/** What of Temporal's package for workflows is used here: the package itself is there only where Temporal is. */
export interface WorkflowSdk {
  readonly ActivityCancellationType: { readonly WAIT_CANCELLATION_COMPLETED: string }
  readonly CancellationScope: {
    new (options: { readonly cancellable: boolean }): Scope
    current(): Scope
    nonCancellable<Result>(work: () => Promise<Result>): Promise<Result>
  }
  condition(isTrue: () => boolean): Promise<void>
  defineSignal<Arguments extends readonly unknown[]>(name: string): Definition<Arguments>
  getExternalWorkflowHandle(id: string): { signal(name: string, ...given: unknown[]): Promise<void> }
  makeContinueAsNewFunc<Workflow extends (...given: never[]) => Promise<unknown>>(options: {
    readonly memo: Readonly<Record<string, unknown>>
  }): (...given: Parameters<Workflow>) => Promise<never>
  proxyActivities(options: Readonly<Record<string, unknown>>): Activities
  proxyLocalActivities(options: Readonly<Record<string, unknown>>): Activities
  setHandler<Arguments extends readonly unknown[]>(
    definition: Definition<Arguments>,
    handle: (...given: Arguments) => unknown,
  ): void
  sleep(ms: number): Promise<void>
  upsertMemo(memo: Readonly<Record<string, unknown>>): void
  workflowInfo(): {
    readonly continueAsNewSuggested: boolean
    readonly startTime: Date
    readonly memo?: Readonly<Record<string, unknown>>
  }
}
