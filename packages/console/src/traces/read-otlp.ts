import { tracedSpan, type TracedSpan, type WireKind } from './traced-span.js'

const ATTRIBUTES_MAX = 40
const EVENTS_MAX = 40
const CHARACTERS_MAX = 300

/** The spans of an export as OTLP has it in JSON, or as it was read from protobuf. What is no span is passed over. */
export function readOtlp(body: unknown): TracedSpan[] {
  return listOf(fieldOf(body, 'resourceSpans')).flatMap((resourceSpans) => {
    const resource = attributesOf(fieldOf(fieldOf(resourceSpans, 'resource'), 'attributes'))
    return listOf(fieldOf(resourceSpans, 'scopeSpans')).flatMap((scopeSpans) =>
      listOf(fieldOf(scopeSpans, 'spans')).flatMap((span) => readSpan(span, resource['service.name']) ?? []),
    )
  })
}

function readSpan(given: unknown, resourceService: string | undefined): TracedSpan | undefined {
  const span = given as Readonly<Record<string, unknown>>
  const { traceId, spanId, parentSpanId, name } = span
  const startedAt = msOf(span['startTimeUnixNano'])
  if (typeof traceId !== 'string' || typeof spanId !== 'string' || startedAt === undefined) return undefined
  const attributes = attributesOf(span['attributes'])
  return tracedSpan({
    traceId,
    spanId,
    parentId: typeof parentSpanId === 'string' && parentSpanId !== '' ? parentSpanId : null,
    name: shortText(name),
    // A process may answer for several services.
    service: attributes['watertight.service'] ?? resourceService ?? 'unknown',
    wireKind: KINDS[Number(span['kind'])] ?? 'internal',
    startedAt,
    durationMs: Math.max(0, (msOf(span['endTimeUnixNano']) ?? startedAt) - startedAt),
    isError: Number(fieldOf(span['status'], 'code')) === 2,
    attributes,
    events: listOf(span['events'])
      .slice(0, EVENTS_MAX)
      .map((event) => ({
        at: msOf(fieldOf(event, 'timeUnixNano')) ?? startedAt,
        name: shortText(fieldOf(event, 'name')),
        attributes: attributesOf(fieldOf(event, 'attributes')),
      })),
  })
}

const KINDS: Readonly<Record<number, WireKind>> = {
  1: 'internal',
  2: 'server',
  3: 'client',
  4: 'producer',
  5: 'consumer',
}

function attributesOf(given: unknown): Record<string, string> {
  return Object.fromEntries(
    listOf(given)
      .slice(0, ATTRIBUTES_MAX)
      .flatMap((attribute) => {
        const key = fieldOf(attribute, 'key')
        const value = fieldOf(attribute, 'value')
        if (typeof key !== 'string' || typeof value !== 'object' || value === null) return []
        return [[shortText(key), shortText(Object.values(value)[0])]]
      }),
  )
}

function shortText(given: unknown): string {
  return (typeof given === 'string' ? given : (JSON.stringify(given) ?? '')).slice(0, CHARACTERS_MAX)
}

function fieldOf(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>)[name] : undefined
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given.filter((one) => typeof one === 'object' && one !== null) : []
}

/** Nanoseconds, as text or number, in milliseconds. */
function msOf(given: unknown): number | undefined {
  const nanoseconds = Number(given)
  return given === undefined || !(nanoseconds > 0) ? undefined : nanoseconds / 1e6
}
