/** As the client tells it, in layers. */
interface ToldError extends Error {
  readonly apiId?: unknown
  readonly code?: unknown
  readonly errors?: readonly unknown[]
}

/** What brokers answered, by the names of their errors, or what the connection says. */
export function kafkaErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { errors = [] } = error as ToldError
  if (errors.length > 0) return [...new Set(errors.map(kafkaErrorText))].join(', ')
  return nameOf(error) ?? error.message
}

/** Whether a broker answered with an error of this name, alone or among others. */
export function isKafkaError(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof Error)) return false
  const { errors = [] } = error as ToldError
  return names.includes(nameOf(error) ?? '') || errors.some((one) => isKafkaError(one, ...names))
}

function nameOf({ apiId, code, message }: ToldError): string | undefined {
  if (typeof apiId === 'string') return apiId
  // Version 2 of the client keeps the name of this one to itself.
  return code === 'PLT_KFK_USER' && message.startsWith('Unknown topic ')
    ? 'UNKNOWN_TOPIC_OR_PARTITION'
    : undefined
}
