/** The attributes of an event in the JSON format of CloudEvents 1.0, as text, and its data as JSON. */
export interface StructuredEvent {
  readonly attributes: ReadonlyMap<string, string>
  readonly data: string
}

/** Reads a message whose value is the whole event; one that is none has no attributes. */
export function structuredEvent(value: Buffer): StructuredEvent {
  const event = parsed(value)
  const attributes = new Map<string, string>()
  for (const [name, given] of Object.entries(event)) {
    if (name === 'data' || name === 'data_base64') continue
    if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean')
      attributes.set(name, String(given))
  }
  return { attributes, data: dataOf(event) }
}

function parsed(value: Buffer): Record<string, unknown> {
  try {
    const event = JSON.parse(value.toString()) as unknown
    return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function dataOf({ data, data_base64: encoded }: Record<string, unknown>): string {
  if (typeof encoded === 'string') return Buffer.from(encoded, 'base64').toString()
  return JSON.stringify(data ?? null)
}
