import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { haproxyConfiguration, nginxConfiguration } from './configurations.mjs'
import { enginePath } from './engine-path.mjs'
import { envoyConfiguration } from './envoy-configuration.mjs'
import { h2load } from './h2load.mjs'
import { watertightManifest } from './watertight-manifest.mjs'
import { wrk } from './wrk.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const watertight = path('../../../packages/cli/dist/main.js')
const nodePeers = ['http-proxy', 'httpxy', 'fast-proxy', '@fastify/http-proxy']

/** What is measured of ours and of Envoy alike, beside the case that has all policies on. */
const variants = [
  { of: 'routing alone', differs: { plain: true } },
  { of: 'mutual TLS', differs: { isPrivate: true } },
  { of: 'HTTP/2', differs: {}, load: h2load, needs: ['h2load'] },
  { of: 'HTTP/2 to the service', differs: { speaksHttp2: true } },
]

/**
 * All cases: what it takes to run each, the command for a port, and how the port is loaded.
 * @param {{ folder: string, upstream: number, privateUpstream: number, http2Upstream: number, certificates: string }} where
 */
export function proxyCases(where) {
  const both = (of, differs) => [
    { case: `watertight${of}`, needs: [], command: watertightCommand(where, differs) },
    { case: `envoy${of}`, needs: ['envoy'], command: envoyCommand(where, differs) },
  ]
  return [
    ...both('', {}),
    { case: 'haproxy', needs: ['haproxy'], command: haproxyCommand(where) },
    { case: 'nginx', needs: [], command: nginxCommand(where) },
    ...nodePeers.map((name) => ({ case: name, needs: [], command: peerCommand(where, name) })),
    ...variants.flatMap(({ of, differs, load, needs = [] }) =>
      both(`, ${of}`, differs).map((one) => ({ ...one, load, needs: [...one.needs, ...needs] })),
    ),
  ].map((one, index) => ({ ...one, load: one.load ?? wrk, port: 18_200 + index }))
}

/** A file of its own for each case. */
function written({ folder }, name, port, text) {
  const file = join(folder, `${port}-${name}`)
  writeFileSync(file, text)
  return file
}

function told(where, { isPrivate = false, speaksHttp2 = false, plain = false }, port) {
  if (isPrivate) return { port, upstream: where.privateUpstream, certificates: where.certificates, plain }
  const upstream = speaksHttp2 ? where.http2Upstream : where.upstream
  return { port, upstream, certificates: undefined, speaksHttp2, plain }
}

const watertightCommand = (where, differs) => (port) => {
  const text = watertightManifest(told(where, differs, port))
  const manifest = written(where, 'watertight.yaml', port, text)
  const logs = differs.plain ? [] : ['--access-log']
  return [
    process.execPath,
    watertight,
    'proxy',
    '--manifest',
    manifest,
    '--gateway',
    '--workers',
    '1',
    ...logs,
  ]
}

const envoyCommand = (where, differs) => (port) => {
  const file = written(where, 'envoy.json', port, envoyConfiguration(told(where, differs, port)))
  const quietly = ['--concurrency', '1', '--log-level', 'off', '--use-dynamic-base-id']
  return [enginePath('envoy'), '-c', file, ...quietly]
}

const haproxyCommand = (where) => (port) => [
  enginePath('haproxy'),
  '-f',
  written(where, 'haproxy.conf', port, haproxyConfiguration({ ...where, port })),
]

const nginxCommand = (where) => (port) => [
  enginePath('nginx'),
  '-c',
  written(where, 'nginx.conf', port, nginxConfiguration({ ...where, port })),
  '-p',
  where.folder,
]

const peerCommand = (where, name) => (port) => [
  process.execPath,
  path(`peers/${name.replace('@', '').replace('/', '-')}.mjs`),
  port,
  where.upstream,
]
