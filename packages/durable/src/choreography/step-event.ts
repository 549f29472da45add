export interface StepEvent<Data> {
  readonly type: string
  readonly key: string
  readonly id: string
  readonly data: Data
}

/** The ids of events say what they are of, so that what is told twice is heard once. */
export const stepEvent = <Data>(
  { id, step }: { readonly id: string; readonly step: string },
  type: string,
  data: Data,
): StepEvent<Data> => ({
  type,
  key: id,
  id: type === 'turned-back' ? `${id}.${step}.refused` : `${id}.${type}`,
  data,
})
