import type { GatewayDocument } from '../document/gateway-document.js'
import { durationMs } from '../units/duration.js'
import { sizeBytes } from '../units/size.js'
import { type Continue, gatewayWords, type ProxyEngine } from '../words/gateway-words.js'
import { buildShedding } from './build-shedding.js'
import type { GatewayModel, ListenModel, Network } from './gateway-model.js'
import { type FieldReader, SectionReader } from './section-reader.js'

/** What a gateway lets in, with units removed and defaults filled in. */
export function buildGateway(document: GatewayDocument = {}): GatewayModel {
  const reader = new SectionReader([{ path: ['gateway'], sections: document }], gatewayWords)
  return {
    listen: document.listen && buildListen(document.listen),
    limits: buildLimits(reader.fields('limits')),
    trust: reader.value<readonly string[]>('trust', []).map(readNetwork),
    normalizePath: reader.plain('normalizePath') as boolean,
    mergeSlashes: reader.plain('mergeSlashes') as boolean,
    http10: reader.plain('http10') as boolean,
    continue: reader.plain('continue') as Continue,
    engine: reader.plain('engine') as ProxyEngine,
    shedding: buildShedding(reader),
    origins: reader.origins,
  }
}

function buildListen({ host = '127.0.0.1', port, tls }: NonNullable<GatewayDocument['listen']>): ListenModel {
  return { host, port, tls }
}

function buildLimits(fields: FieldReader): GatewayModel['limits'] {
  return {
    idleMs: fields.unlessOff('idle', durationMs) ?? Infinity,
    headersTimeoutMs: fields.required('headersTimeout', durationMs),
    requestTimeoutMs: fields.unlessOff('requestTimeout', durationMs) ?? Infinity,
    headersBytes: fields.required('headers', sizeBytes),
    bodyBytes: fields.unlessOff('body', sizeBytes) ?? Infinity,
    requestsPerConnection: fields.unlessOff('requestsPerConnection', (value: number) => value) ?? Infinity,
    replayBodyBytes: fields.required('replayBody', sizeBytes),
  }
}

function readNetwork(text: string): Network {
  const [address = '', prefix] = text.split('/')
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  return { address, prefix: prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family }
}
