import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, inject, it } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the packed packages are installed, and beside them what is too large for the workspace. */
    readonly packedFolder: string
  }
}

/** What is used here of esbuild. */
interface Esbuild {
  readonly build: (options: object) => Promise<{ readonly outputFiles: readonly { contents: Uint8Array }[] }>
  readonly stop: () => Promise<void>
}

const folder = inject('packedFolder')
const { build, stop } = createRequire(join(folder, 'package.json'))('esbuild-wasm') as Esbuild

const six = 'bulkhead, circuitBreaker, exponential, fallback, pipeline, retry, timeout'

/** What a user's bundler is given, by the name that the README has for it, and the most it may come to in bytes. */
const bundles: readonly (readonly [name: string, program: string, bytesMax: number])[] = [
  [
    '`timeout` alone',
    "import { timeout } from '@watertight/policy'; export default timeout({ ms: 1_000 })",
    4_630,
  ],
  [
    '`circuitBreaker` alone',
    "import { circuitBreaker } from '@watertight/policy'; export default circuitBreaker()",
    9_430,
  ],
  [
    'a pipeline of six',
    `import { ${six} } from '@watertight/policy'
     export default pipeline(
       fallback({ value: 0 }),
       timeout({ ms: 3_000 }),
       retry({ attempts: 3, backoff: exponential({ initialMs: 100 }) }),
       circuitBreaker(),
       bulkhead({ concurrency: 10, queue: 10 }),
       timeout({ ms: 1_000 }),
     )`,
    15_940,
  ],
]

/** Minified and gzipped, from the packed package. */
async function bytesOf(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

afterAll(async () => {
  await stop()
})

it.each(bundles)(
  '%s is no larger than its budget, and the README says what it is',
  async (name, program, max) => {
    const bytes = await bytesOf(program)
    expect(bytes).toBeLessThanOrEqual(max)
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const stated = readme.split('\n').find((line) => line.startsWith(`| ${name} `))
    const kilobytes = Number(/\| +([\d.]+) KB/.exec(stated ?? '')?.[1])
    // Rounded up, and not more than half a kilobyte of slack for the next change.
    expect(kilobytes * 1_000).toBeGreaterThanOrEqual(bytes)
    expect(kilobytes * 1_000 - bytes).toBeLessThan(500)
  },
  60_000,
)
