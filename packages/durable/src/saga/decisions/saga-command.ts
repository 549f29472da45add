/** What the driver has to do for a saga. It follows from the state alone, so that no crash can lose one. */
export type SagaCommand =
  /** Ask a step, or its compensation, and report how it ended under the same `attempt`. */
  | { readonly type: 'run' | 'compensate'; readonly step: string; readonly attempt: number }
  /**
   * The saga has turned back while this step is under way: stop it, wait for its end and report that. A driver that does
   * not have it under way, since another process died with it, reports that its outcome is unknown.
   */
  | { readonly type: 'settle'; readonly step: string; readonly attempt: number }
  /** Report when it is so late. */
  | { readonly type: 'wake'; readonly at: number }
