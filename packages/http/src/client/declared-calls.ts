import type { FetchInit } from './request/fetch-init.js'

/**
 * Who calls whom, and with which operations. Empty here: the declaration file that `watertight types` writes from a
 * manifest fills it in, and from then on a misspelt service, callee, method or path does not compile.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- merged with what the written file declares
export interface DeclaredCalls {}

/** One operation of a callee: `{ method: 'POST', path: '/charges' }`. */
export interface DeclaredOperation {
  readonly method: string
  readonly path: string
}

/** The services that may be named: those declared, or any where nothing is. */
// oxlint-disable-next-line typescript/no-redundant-type-constituents -- nothing is declared here, but elsewhere
export type ServiceName = [keyof DeclaredCalls] extends [never] ? string : keyof DeclaredCalls & string

/** The callees of a service, each with its operations. */
export type CalleesOf<Service extends string> = Service extends keyof DeclaredCalls
  ? DeclaredCalls[Service]
  : Readonly<Record<string, DeclaredOperation>>

/** The arguments of a `fetch` that may only name declared operations. */
export type FetchArguments<Operation> = Operation extends {
  readonly method: infer Method extends string
  readonly path: infer Path extends string
}
  ? string extends Method
    ? [input: string | URL | Request, init?: FetchInit]
    : Method extends 'GET'
      ? [path: WithQuery<Path>, init?: FetchInit & { readonly method?: 'GET' }]
      : [path: WithQuery<Path>, init: FetchInit & { readonly method: Method }]
  : never

type WithQuery<Path extends string> = Path | `${Path}?${string}`
