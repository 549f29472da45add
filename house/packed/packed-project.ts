import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../sources.js'
import { compilers } from './compilers.js'
import { writeSamples } from './write-samples.js'

/** What users of the packages have beside them: the peers, and types that the packages do not bring. */
const beside = [
  '@types/node@20.19.43',
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/sdk-metrics@2.12.0',
  'express@5.3.0',
  '@types/express@5.0.6',
  'fastify@5.12.8',
  'hono@4.13.19',
  'piscina@5.3.2',
  'vitest@4.1.12',
]

/** What tests of the packages need, and nobody who works on them: tens of megabytes, so they are no dependency of ours. */
const forTests = [
  '@grpc/grpc-js@1.14.7',
  '@nestjs/common@11.2.10',
  '@nestjs/core@11.2.10',
  '@nestjs/platform-express@11.2.10',
  'esbuild-wasm@0.28.2',
  'express4@npm:express@4.22.3',
  'koa@3.3.0',
  'msw@2.15.0',
  'nock@14.0.17',
  'reflect-metadata@0.2.2',
  'rxjs@7.8.2',
  `@oven/bun-${process.platform}-${process.arch}@1.4.5`,
]

/** An npm project of its own, outside of the checkout, with the packages as they would be published. */
export interface PackedProject {
  readonly folder: string
  remove(): void
}

/** Packs every package and installs the archives, with every compiler under an alias. */
export function createPackedProject(): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-packed-'))
  const archives = join(folder, 'archives')
  mkdirSync(archives)
  const workspaces = readdirSync(join(root, 'packages')).map((name) => `--workspace=packages/${name}`)
  npm(root, 'pack', ...workspaces, '--pack-destination', archives)
  writeFileSync(join(folder, 'package.json'), '{ "name": "packed", "private": true, "type": "module" }')
  const packed = readdirSync(archives).map((name) => `./archives/${name}`)
  const aliases = compilers.map(({ alias, version }) => `${alias}@npm:typescript@${version}`)
  npm(
    folder,
    'install',
    '--no-audit',
    '--no-fund',
    '--engine-strict=false',
    ...packed,
    ...aliases,
    ...beside,
    ...forTests,
  )
  writeSamples(folder)
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', [...args, '--loglevel', 'error'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
