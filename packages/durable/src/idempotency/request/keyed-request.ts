/** A request as the middleware sees it, whichever server it came to. */
export interface KeyedRequest {
  readonly method: string
  /** As sent, and in full: also below where a router is mounted. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  /** The template of the matched route where the server tells it, such as `/orders/:id`; else the path. */
  readonly route: string
  header(name: string): string | undefined
  /** What the server itself calls the request: a message of `node:http`, which Express's is too, or Hono's context. */
  readonly native: unknown
}

/** A body that was read to its end, or that was longer than allowed. `parsed` has been read by somebody before. */
export type BodyReading =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' }
