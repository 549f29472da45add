import { shownUrl } from '@watertight/policy/options'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

export interface KafkaOptions {
  /** `kafka://host:9092,host:9092`; `kafkas://` with TLS; `kafka://user:password@host:9092` by SASL. */
  readonly url: string
  /** How it is known to the brokers. Default `watertight`. */
  readonly clientId?: string
  /** By which a user and password are shown. Default `SCRAM-SHA-512`. */
  readonly saslMechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  /** Certificates and the like, as `tls.connect` takes them. */
  readonly tls?: TlsOptions
  /** How long the broker waits for events that a reader asks for before it answers that there are none. Default 100 ms. */
  readonly waitMs?: number
  /** How long an answer is waited for. Default 5 s. */
  readonly deadlineMs?: number
  /** How many copies are kept of each event of a topic that is made. Default: as the brokers have it. */
  readonly replicas?: number
}

export interface KafkaAddress {
  readonly brokers: readonly string[]
  readonly isSecure: boolean
  readonly user?: { readonly name: string; readonly password: string }
}

/** @throws {Error} when the URL is none of Kafka; it never shows a password */
export function readKafkaUrl(url: string): KafkaAddress {
  const match = /^kafka(s?):\/\/(?:([^:@/]*):([^@/]*)@)?([^@/?#]+)\/?$/.exec(url)
  const brokers = match?.[4]?.split(',') ?? []
  if (match === null || !brokers.every((broker) => /^(\[[^\]]+\]|[^:[\]]+)(:\d{1,5})?$/.test(broker))) {
    const shown = shownUrl(url)
    throw new Error(
      `cannot open Kafka: url must be kafka://host:port,host:port, got ${JSON.stringify(shown)}`,
    )
  }
  const [, secure, name, password = ''] = match
  return {
    brokers: brokers.map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`)),
    isSecure: secure === 's',
    ...(name !== undefined && {
      user: { name: decodeURIComponent(name), password: decodeURIComponent(password) },
    }),
  }
}
