/** What a drill does to the system. */
export interface Disturbance {
  /** @throws CommandError when it cannot strike */
  begin(): Promise<void>
  /** Whether nothing of it goes on: the rest is for the system to heal. */
  readonly hasStruck: boolean
  /** Why it has not struck after all. */
  readonly failure: string | undefined
  /** Ends what is left of it; to end it twice does no harm. */
  end(): Promise<void>
}
