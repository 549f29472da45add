import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { packageManifest, reportedExports } from '../package-manifest.js'
import { root } from '../sources.js'

/** Subpaths that also run in browsers, and therefore compile without the types of Node. */
const inBrowsers = /^@watertight\/policy(\/decisions|\/testing)?$/

/**
 * Writes what a user would write against the packages: every `ts` block of their READMEs, and a file that imports
 * every subpath. `node` holds all of it, `browser` what needs no Node, `commonjs` the imports alone.
 */
export function writeSamples(folder: string): void {
  const packages = readdirSync(join(root, 'packages'))
  const specifiers = packages
    .flatMap((name) => reportedExports(packageManifest(join(root, 'packages', name))))
    .map(({ specifier }) => specifier)
  const blocks = ['README.md', ...packages.map((name) => `packages/${name}/README.md`)].flatMap(blocksOf)
  const write = (kind: string, name: string, text: string): void => {
    mkdirSync(join(folder, kind), { recursive: true })
    writeFileSync(join(folder, kind, name), text)
  }
  write('node', 'every-import.ts', importAll(specifiers))
  write('browser', 'every-import.ts', importAll(specifiers.filter((name) => inBrowsers.test(name))))
  write('commonjs', 'every-import.ts', importAll(specifiers))
  write('commonjs', 'package.json', '{ "type": "commonjs" }')
  write('commonjs', 'require.cjs', specifiers.map((name) => `require('${name}')\n`).join(''))
  for (const { name, code } of blocks) {
    write('node', name, code)
    const names = [...code.matchAll(/ from '([^']+)'/g)].map((match) => match[1] ?? '')
    if (names.every((one) => inBrowsers.test(one))) write('browser', name, code)
  }
}

function blocksOf(path: string): { name: string; code: string }[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/^```ts( no-run)?\n([^]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return { name: `${path.replaceAll(/\W+/g, '-')}-line-${line}.ts`, code: match[2] ?? '' }
  })
}

function importAll(specifiers: readonly string[]): string {
  return specifiers
    .map((specifier, index) => `import * as m${index} from '${specifier}'\nexport { m${index} }\n`)
    .join('')
}
