/** What brokers answered, by the names of their errors, or what the connection says: the client tells it in layers. */
export function kafkaErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { apiId, errors = [] } = error as Error & { apiId?: unknown; errors?: readonly unknown[] }
  if (errors.length > 0) return [...new Set(errors.map(kafkaErrorText))].join(', ')
  return typeof apiId === 'string' ? apiId : error.message
}

/** Whether a broker answered with an error of this name, alone or among others. */
export function isKafkaError(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof Error)) return false
  const { apiId, errors = [] } = error as Error & { apiId?: unknown; errors?: readonly unknown[] }
  return names.includes(String(apiId)) || errors.some((one) => isKafkaError(one, ...names))
}
