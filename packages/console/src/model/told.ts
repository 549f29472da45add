/**
 * What a source told, or why it could not be asked. An empty list that is known means that there are none; what is not known
 * names the source that would know it, and the reason, for people.
 */
export type Told<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly source: string; readonly reason: string }
