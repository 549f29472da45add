/** A step of the schema: a file `NNNN-name.sql`. Once published it is never edited; what it lacks is a further one. */
export interface Migration {
  readonly number: number
  /** `0001-outbox` */
  readonly name: string
  readonly sql: string
}
