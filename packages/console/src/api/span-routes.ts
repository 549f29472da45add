import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Context, Hono } from 'hono'
import { EXPORTED_SPANS } from '../traces/protobuf/exported-spans.js'
import { readMessage } from '../traces/protobuf/read-message.js'
import { readOtlp } from '../traces/read-otlp.js'
import type { SpanStore } from '../traces/span-store.js'
import { readBody } from './read-body.js'
import { refusal } from './refusal.js'

const BODY_BYTES_MAX = 4 * 1024 * 1024
const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

/** `POST /v1/traces`: OTLP over HTTP, as JSON or protobuf, plain or by gzip, from the programs of this machine. */
export function spanRoutes(spans: SpanStore): Hono {
  const routes = new Hono()
  routes.post('/traces', async (c) => {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== JSON_TYPE && type !== PROTOBUF_TYPE)
      return refused(c, 415, `they must come as ${JSON_TYPE} or ${PROTOBUF_TYPE}, got ${type ?? 'neither'}`)
    const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity'
    if (encoding !== 'identity' && encoding !== 'gzip')
      return refused(c, 415, `their encoding must be gzip or none, got ${encoding}`)
    // A body that its sender broke off is neither JSON nor protobuf.
    const sent = await readBody(c.req.raw, BODY_BYTES_MAX).catch(() => Buffer.of(0))
    const body = encoding === 'gzip' && sent !== undefined ? await unpacked(sent) : sent
    if (body === undefined) return refused(c, 413, `the body must be at most ${BODY_BYTES_MAX / 2 ** 20} MiB`)
    const exported = type === JSON_TYPE ? jsonIn(body) : protobufIn(body)
    if (exported === undefined)
      return refused(c, 400, `the body is not ${type === JSON_TYPE ? 'JSON' : 'protobuf of OTLP'}`)
    spans.add(readOtlp(exported))
    if (type === JSON_TYPE) return c.json({})
    // An answer without fields has no bytes.
    return c.body('', 200, { 'content-type': PROTOBUF_TYPE })
  })
  return routes
}

function refused(c: Context, status: 400 | 413 | 415, why: string): Response {
  return c.json(refusal(`cannot take spans: ${why}`, 'WT_CONSOLE_SPANS'), status)
}

const gunzipped = promisify(gunzip)

/** Undefined where it is too long; what is no gzip is no body either. */
async function unpacked(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    return await gunzipped(bytes, { maxOutputLength: BODY_BYTES_MAX })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : Buffer.of(0)
  }
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function protobufIn(body: Buffer): unknown {
  try {
    return readMessage(body, EXPORTED_SPANS)
  } catch {
    return undefined
  }
}
