import {
  type ISerializer,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readOtlp } from '../read-otlp.js'
import { EXPORTED_SPANS } from './exported-spans.js'
import { readMessage } from './read-message.js'

/** Spans as OpenTelemetry's own SDK makes them. */
function spans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'order' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('shop')
  const parent = tracer.startSpan('POST /orders', {
    kind: 1,
    attributes: { city: 'Zürich', paid: true, left: -7, share: 0.25, tries: [1, 2], 'http.status_code': 503 },
  })
  parent.setStatus({ code: 2, message: 'it failed' })
  parent.addEvent('refusal', { reason: 'open' }, [1_700_000_000, 5_000_000])
  parent.end()
  tracer.startSpan('charge', { kind: 2, startTime: [1_700_000_000, 1] }).end([1_700_000_001, 999_999_999])
  return exporter.getFinishedSpans()
}

const bytesOf = (serializer: ISerializer<ReadableSpan[], unknown>, given: ReadableSpan[]): Uint8Array => {
  const bytes = serializer.serializeRequest(given)
  if (bytes === undefined) throw new Error('it cannot be written')
  return bytes
}

test('spans that the SDK of OpenTelemetry has written as protobuf are those that it has written as JSON', () => {
  const made = spans()
  const json = readOtlp(JSON.parse(Buffer.from(bytesOf(JsonTraceSerializer, made)).toString()))
  const read = readOtlp(readMessage(bytesOf(ProtobufTraceSerializer, made), EXPORTED_SPANS))
  // The numbers of a list are text in one of them.
  const plain = (told: typeof read) =>
    told.map(({ attributes, ...span }) => ({ ...span, attributes: { ...attributes, tries: '' } }))
  expect(plain(read)).toEqual(plain(json))
  expect(read).toMatchObject([
    {
      service: 'order',
      kind: 'server',
      status: 503,
      isError: true,
      attributes: { city: 'Zürich', paid: 'true', left: '-7', share: '0.25' },
      events: [{ name: 'refusal', kind: 'refusal', at: 1_700_000_000_005, attributes: { reason: 'open' } }],
    },
    { kind: 'attempt', durationMs: expect.closeTo(1_999.999_998, 3) as number },
  ])
})

test('whatever bytes come, they are read or refused, at once', () => {
  const whole = bytesOf(ProtobufTraceSerializer, spans())
  const refusals = new Set<string>()
  const read = (bytes: Uint8Array): void => {
    try {
      readOtlp(readMessage(bytes, EXPORTED_SPANS))
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
      refusals.add((error as Error).message)
    }
  }
  for (let end = 0; end < whole.length; end += 1) read(whole.subarray(0, end))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read), { numRuns: 500, seed: 1 })
  const changed = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
  fc.assert(
    fc.property(changed, ([at, byte]) =>
      read(Uint8Array.from(whole, (old, index) => (index === at ? byte : old))),
    ),
    { numRuns: 500, seed: 1 },
  )
  expect([...refusals]).toContain('it breaks off')
})

test('values within values are read as far as people read them, and a body of empty parts is bounded', () => {
  const nested = (depth: number): Buffer => {
    let value = Buffer.from([8 + 2, 1])
    // An anyValue that holds a list of one value.
    for (let level = 0; level < depth; level += 1) {
      const list = Buffer.concat([Buffer.from([10]), length(value.length), value])
      value = Buffer.concat([Buffer.from([42]), length(list.length), list])
    }
    return value
  }
  const keyValue = Buffer.concat([Buffer.from([18]), length(nested(50).length), nested(50)])
  const read = JSON.stringify(readMessage(wrapped([1, 1, 1], keyValue), EXPORTED_SPANS))
  const levels = read.split('arrayValue').length - 1
  expect(levels).toBeGreaterThan(3)
  expect(levels).toBeLessThan(10)
  const empty = Buffer.alloc(2 * 600_000, Buffer.from([10, 0]))
  expect(() => readMessage(empty, EXPORTED_SPANS)).toThrow('there are more than 500000 parts')
})

/** A part within a part, of fields of these numbers. */
const wrapped = (fields: readonly number[], inner: Buffer): Buffer =>
  fields.reduceRight(
    (value, number) => Buffer.concat([Buffer.from([number * 8 + 2]), length(value.length), value]),
    inner,
  )

function length(value: number): Buffer {
  return value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), length(value >> 7)])
}
