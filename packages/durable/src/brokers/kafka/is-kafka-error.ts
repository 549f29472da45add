/** Whether a broker answered with an error of this name, alone or among others. */
export function isKafkaError(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof Error)) return false
  const { apiId, errors = [] } = error as Error & { apiId?: unknown; errors?: readonly unknown[] }
  return names.includes(String(apiId)) || errors.some((one) => isKafkaError(one, ...names))
}
