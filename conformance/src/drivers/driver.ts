import type { Failure } from '../scenario/step-schema.js'
import type { Scenario } from '../scenario/scenario-schema.js'

/**
 * Something that calls a callee under a policy: a client in this process, a proxy, Envoy. It is handed the document's
 * fragment and the addresses of the callee, and is judged by what its callers and its callee see.
 */
export interface Driver {
  /** The name of its column. */
  readonly name: string
  /** It carries out no policy, so that a scenario may be seen to fail. It runs when it is asked for, and has no column. */
  readonly isControl?: boolean
  /** For a driver that is a program which not every machine has. */
  readonly engine?: Engine
  /**
   * What it cannot do by its nature, with the reason in words: `{ 'routes.mirror': 'only a gateway has routes' }`. Keys
   * are features (`scenario/features.ts`) or the beginning of some. It is declared here and never found by a run.
   */
  readonly lacks: Readonly<Record<string, string>>
  /**
   * Scenarios that it is known to fail, with the reason: a difference that is looked at and not mended yet. One that
   * passes after all must leave the list.
   */
  readonly differs: Readonly<Record<string, string>>
  start(setup: Setup): Promise<Subject>
}

/** A program of `engines/`. Where it is missing, what its last run gave stands for the driver. */
export interface Engine {
  /** Why there is no such program here, in words; undefined when it is here. */
  missing(): string | undefined
}

/** The document's fragment of a scenario, and where its callee is. */
export interface Setup extends Pick<
  Scenario,
  'policy' | 'operations' | 'fallback' | 'health' | 'istio' | 'routes' | 'protocol'
> {
  readonly endpoints: readonly CalleeEndpoint[]
  /** A certificate that vouches for the callee, as PEM. */
  readonly authority: string | undefined
}

/** An address of the callee, by the name that it has in the scenario. */
export interface CalleeEndpoint {
  readonly name: string
  /** Such as `http://127.0.0.1:7001`. */
  readonly origin: string
}

/** A driver at work on one scenario. */
export interface Subject {
  send(request: CallerRequest): Promise<Answer>
  /** From here on the callee is at these addresses. */
  moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void>
  /** From here on this policy is in force. */
  reload(policy: Scenario['policy']): Promise<void>
  /** Takes nothing new, and settles when all that is under way has ended. */
  drain(): Promise<void>
  /** Ends all at once. */
  stop(): Promise<void>
}

/** A request as its caller makes it. */
export interface CallerRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Text is sent with its length, a stream without. */
  readonly body: string | AsyncIterable<Uint8Array> | undefined
  /** The caller gives up. */
  readonly signal: AbortSignal | undefined
  /** Told whenever a part of the answer's body has come to the caller. */
  readonly onBody: () => void
}

/** What the caller sees: the answer, or in one word why there is none. */
export interface Answer {
  readonly outcome: number | Failure | 'unknown'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Why the body ended too early, or `broken` where nobody tells why; undefined when it is whole. */
  readonly cut: Failure | 'unknown' | 'broken' | undefined
  /** The response flags with which a proxy explains its answer, such as `UT`; undefined where there is no proxy. */
  readonly flags?: readonly string[] | undefined
  /** What the driver said, for people. */
  readonly detail: string
}
