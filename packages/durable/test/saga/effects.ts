/** A request to a service, as the code of a step or of a compensation makes it. */
export interface ServiceRequest {
  /** All of it in one text. */
  readonly name: string
  readonly saga: string
  readonly step: string
  readonly attempt: number
  readonly direction: 'run' | 'compensate'
  /** The idempotency key that it is handed. */
  readonly key: string
  /** That of the step: the same one, but of a compensation. */
  readonly stepKey: string
}

/** What the services know, by key: an effect happens once for its key, and never after it was undone. */
export type Effects = Readonly<
  Record<string, { readonly of: string; readonly happened: boolean; readonly undone: boolean }>
>

const effectOf = ({ saga, step, direction }: ServiceRequest): string =>
  direction === 'run' ? `${saga}/${step}` : `${saga}/${step} undone`

/** What the services know once a request has arrived. */
export function withArrived(effects: Effects, request: ServiceRequest): Effects {
  const { key, stepKey, direction } = request
  const { undone = false, happened = false } = effects[key] ?? {}
  const known = { ...effects, [key]: { of: effectOf(request), happened: happened || !undone, undone } }
  if (direction === 'run') return known
  const { of = `${request.saga}/${request.step}`, happened: wasDone = false } = effects[stepKey] ?? {}
  return { ...known, [stepKey]: { of, happened: wasDone, undone: true } }
}

/** Whether a step has happened, under whatever key. */
export const hasHappened = (effects: Effects, saga: string, step: string): boolean =>
  Object.values(effects).some(({ of, happened }) => of === `${saga}/${step}` && happened)

/** Whether a step has happened and was not undone. */
export const stands = (effects: Effects, saga: string, step: string): boolean =>
  Object.values(effects).some(({ of, happened, undone }) => of === `${saga}/${step}` && happened && !undone)

/** The steps, and compensations, whose effect has happened under more than one key. */
export function happenedTwice(effects: Effects): string[] {
  const happened = Object.values(effects).flatMap((effect) => (effect.happened ? effect.of : []))
  return happened.filter((of, index) => happened.indexOf(of) !== index)
}
