import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Declarations, type Declaration } from './declarations.js'
import { packageManifest, reportedExports } from './package-manifest.js'
import { root } from './sources.js'

const head = `The public interface, made from the compiler's declarations by \`npm run api\`. A change here is a change that users
see: review it as such. Comments are left out.
`

/** The report of one package: each subpath's exports, then what those mention without exporting it. */
function apiReport(folder: string): string {
  const manifest = packageManifest(folder)
  const declarations = new Declarations()
  const printed = new Map<string, string>()
  const sections: string[] = []
  const pending: Declaration[] = []
  for (const { specifier, types } of reportedExports(manifest)) {
    const lines = declarations.exportsOf(join(folder, types)).map(([name, declaration]) => {
      const before = printed.get(declaration.key)
      if (before !== undefined) return `// ${name}: as in ${before}`
      const local = declaration.key.split('#').at(-1) ?? ''
      printed.set(declaration.key, specifier)
      pending.push(declaration)
      return local === name ? declaration.text : `// exported as ${name}\n${declaration.text}`
    })
    sections.push(section(specifier, lines))
  }
  const reached = new Map<string, string>()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const mention of next.mentions) {
      if (printed.has(mention.key) || reached.has(mention.key)) continue
      reached.set(mention.key, mention.text)
      pending.push(mention)
    }
  }
  const rest = [...reached].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  if (rest.length > 0) sections.push(section('Mentioned, not exported', rest))
  return `# API of ${manifest.name}\n\n${head}\n${sections.join('\n')}`
}

/** Compares the committed reports with the build, or rewrites them. Returns one line a difference. */
export function checkReports(rewrite: boolean): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name)
    if (reportedExports(packageManifest(folder)).length === 0) return []
    const path = join(folder, 'api.md')
    const now = apiReport(folder)
    if (rewrite) {
      writeFileSync(path, now)
      return []
    }
    const difference = firstDifference(readIfThere(path), now)
    return difference === undefined ? [] : [`${relative(root, path)} ${difference}`]
  })
}

function section(title: string, lines: readonly string[]): string {
  return `## ${title}\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function firstDifference(committed: string, built: string): string | undefined {
  if (committed === built) return undefined
  const old = committed.split('\n')
  const fresh = built.split('\n')
  const at = fresh.findIndex((line, index) => line !== old[index])
  const line = at === -1 ? fresh.length : at
  return `differs from the build at line ${line + 1}:\n  - ${old[line] ?? ''}\n  + ${fresh[line] ?? ''}`
}
