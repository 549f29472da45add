/** What kind of place the console reads from. */
export type SourceKind = 'supervisor' | 'metrics' | 'admin' | 'prometheus' | 'traces' | 'store' | 'document'

/** How one place is that the console reads from. */
export interface SourceStand {
  /** `supervisor`, `metrics of order`, `admin of gateway`, `store`. */
  readonly name: string
  readonly kind: SourceKind
  /** Where it is, without secrets. */
  readonly place: string
  /** `waiting` until it has answered or failed for the first time; `absent` where there is nothing to read, and never was. */
  readonly state: 'ok' | 'failing' | 'waiting' | 'absent'
  /** Why it is failing or absent, as people read it. */
  readonly reason: string | null
  /** When it answered last, in milliseconds since 1970. */
  readonly answeredAt: number | null
  /** How long its last answer took. */
  readonly tookMs: number | null
}
