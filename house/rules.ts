import type { SourceFile } from './sources.js'
import { freeName, importsOf, lineAt, nameOf, parse, valueOf, walk, type Node } from './syntax.js'

/** Which packages may import which: only those with a lower number. The table is drawn in ARCHITECTURE.md. */
export const layers: Readonly<Record<string, number>> = {
  policy: 0,
  manifest: 1,
  telemetry: 1,
  traffic: 2,
  import: 2,
  http: 3,
  proxy: 3,
  simulator: 3,
  deploy: 3,
  durable: 4,
  chaos: 4,
  supervisor: 4,
  console: 5,
  cli: 6,
}

const fileLinesMax = 400
const functionLinesMax = 70

/** Where nothing of one machine or moment may be touched, so that every driver can run the same code. */
const pure = /^packages\/(policy|traffic)\//
/** What pure code may not touch, and what to use in its place. */
const pureBans: Readonly<Record<string, string>> = {
  Date: 'take `now` as an argument, or read the injected Clock',
  performance: 'take `now` as an argument, or read the injected Clock',
  setTimeout: 'ask the injected Clock for a timer',
  setInterval: 'ask the injected Clock for a timer',
  setImmediate: 'ask the injected Clock for a timer',
  process: 'take what you need as an option',
  'Math.random': 'draw from the injected Random',
  crypto: 'draw from the injected Random',
}
/** Where nothing may wait either: a proxy and a simulator drive this code by callbacks, and in virtual time. */
const promiseFree = /^packages\/traffic\/src\//
const promises =
  /^(AwaitExpression|ForOfStatement|FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/
/** The adapters behind the ports, one file a port: the only places where the bans do not hold. */
const adapters = ['packages/policy/src/clock/system-clock.ts', 'packages/policy/src/clock/random.ts']

const bannedPathWords = /(^|\/)(utils?|common|helpers?|misc|shared|types)(\/|\.ts$)/
const bannedTypeNames = /(Manager|Helper|Utils?|Impl)$|^I[A-Z][a-z]/
const bannedText: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.~}:/])\/(home|root|work|Users)\/\w/, 'a path of one machine'],
  [/registry\.\w+\.\w+|localhost:4873/, 'the host of a package registry'],
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'unfinished work: do it or drop it'],
  [/\bissue #?\d+|\w#\d{2,}\b/i, 'an issue number: tell the story in words'],
  [/\b(it|test|describe)\.(skip|only|todo)\b/, 'a test that does not run'],
  [
    /eslint-disable|oxlint-disable(?!-next-line [\w/-]+ -- \w)|@ts-(ignore|nocheck)/,
    'a silenced check: give rule and reason',
  ],
]
/** These two must spell out what they ban. */
const exemptFromText = ['house/rules.ts', 'house/rules.test.ts']

interface Module {
  readonly path: string
  readonly text: string
  readonly program: Node
  /** Paths inside the repository that this file imports, resolved. */
  readonly local: readonly string[]
  /** Those of them that remain at run time. */
  readonly loads: readonly string[]
  /** Every module name, as written. */
  readonly names: readonly string[]
}

/**
 * Checks the files of a repository against the rules of the house and returns one line a breach.
 * `entries` are the files that something outside the source tree starts: package exports, programs.
 */
export function breaches(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const paths = new Set(files.map((file) => file.path))
  const modules = files.filter((file) => /\.tsx?$/.test(file.path)).map((file) => readModule(file, paths))
  return [
    ...files.flatMap(textBreaches),
    ...modules.flatMap((module) => [
      ...sizeBreaches(module),
      ...nameBreaches(module),
      ...layerBreaches(module),
      ...purityBreaches(module),
      ...promiseBreaches(module),
    ]),
    ...cycleBreaches(modules),
    ...orphanBreaches(modules, entries),
  ]
}

const isTest = (path: string): boolean =>
  /\.test\.ts$|^packages\/[^/]+\/test\/|^examples\/[^/]+\/test\//.test(path)
const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1]
const levelOf = (path: string): number | undefined => layers[packageOf(path) ?? '']

function readModule({ path, text }: SourceFile, paths: ReadonlySet<string>): Module {
  const program = parse(path, text)
  const imports = importsOf(program).map((one) => ({ ...one, to: resolve(path, one.name) }))
  const inside = imports.filter(({ to }) => paths.has(to))
  return {
    path,
    text,
    program,
    names: [...new Set(imports.map(({ name }) => name))],
    local: [...new Set(inside.map(({ to }) => to))],
    loads: inside.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to),
  }
}

function resolve(from: string, name: string): string {
  if (!name.startsWith('.')) return name
  return new URL(name, `file:///${from}`).pathname.slice(1).replace(/\.js$/, '.ts')
}

function textBreaches({ path, text }: SourceFile): string[] {
  if (exemptFromText.includes(path)) return []
  return bannedText.flatMap(([pattern, what]) => {
    const match = pattern.exec(text)
    return match === null ? [] : [`${path}:${lineAt(text, match.index)} holds ${what} ("${match[0]}")`]
  })
}

function sizeBreaches({ path, text, program }: Module): string[] {
  const found: string[] = []
  const lines = text.trimEnd().split('\n').length
  if (lines > fileLinesMax)
    found.push(`${path} has ${lines} lines: at most ${fileLinesMax}, split it by concept`)
  walk(program, (node, parent) => {
    // A `describe` is a chapter, not a function: its tests are measured one by one.
    if (!/Function/.test(node.type) || nameOf(parent?.['callee']) === 'describe') return
    const first = lineAt(text, node.start)
    const length = lineAt(text, node.end) - first + 1
    if (length > functionLinesMax)
      found.push(`${path}:${first} is a function of ${length} lines: at most ${functionLinesMax}`)
  })
  return found
}

function nameBreaches({ path, program }: Module): string[] {
  const found: string[] = []
  const file = path.split('/').at(-1) ?? ''
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(engines?|deep))?(\.(test|config|bench))?\.tsx?$/.test(file))
    found.push(`${path} is not named in kebab-case`)
  if (bannedPathWords.test(path)) found.push(`${path} is named after nothing: use a term of the field`)
  walk(program, (node) => {
    if (!/^(Class|TSInterface|TSTypeAlias)Declaration$/.test(node.type)) return
    const name = nameOf(node['id']) ?? ''
    if (bannedTypeNames.test(name)) found.push(`${path} declares ${name}: name the thing, not its role`)
  })
  return found
}

function layerBreaches({ path, names, local }: Module): string[] {
  const own = packageOf(path)
  const level = levelOf(path)
  if (own === undefined) return []
  if (level === undefined) return [`${path}: package ${own} has no place in the layers of house/rules.ts`]
  const upward = names.flatMap((name) => {
    const other = /^@watertight\/([^/]+)/.exec(name)?.[1] ?? (name === 'watertight' ? 'cli' : undefined)
    if (other === undefined || (other === own && isTest(path)) || (layers[other] ?? Infinity) < level)
      return []
    return [`${path} imports ${name}: level ${level} may import lower levels only`]
  })
  const outside = local
    .filter((to) => packageOf(to) !== own)
    .map((to) => `${path} reaches into ${to}: import other packages by name`)
  return [...upward, ...outside]
}

function purityBreaches({ path, names, program, text }: Module): string[] {
  if (!pure.test(path) || isTest(path) || adapters.includes(path)) return []
  const found = names
    .filter((name) => name.startsWith('node:'))
    .map(
      (name) => `${path} imports ${name}: pure code also runs in browsers, use a platform global or a port`,
    )
  walk(program, (node, parent) => {
    const name = node.type === 'MemberExpression' ? memberName(node) : freeName(node, parent)
    const instead = name !== undefined && Object.hasOwn(pureBans, name) ? pureBans[name] : undefined
    if (instead !== undefined) found.push(`${path}:${lineAt(text, node.start)} uses ${name}: ${instead}`)
  })
  return found
}

function promiseBreaches({ path, program, text }: Module): string[] {
  if (!promiseFree.test(path) || isTest(path)) return []
  const found: string[] = []
  walk(program, (node, parent) => {
    const name = freeName(node, parent)
    const waits =
      promises.test(node.type) && (node['async'] ?? node['await'] ?? node.type === 'AwaitExpression')
    if (name !== 'Promise' && name !== 'queueMicrotask' && waits !== true) return
    found.push(
      `${path}:${lineAt(text, node.start)} makes a promise: answer at once, the driver is the one to wait`,
    )
  })
  return found
}

/** `Math.random`, and `setTimeout` for `globalThis.setTimeout`. */
function memberName(node: Node): string | undefined {
  const object = nameOf(node['object'])
  const property = nameOf(node['property']) ?? valueOf(node['property'])
  return object === 'globalThis' ? property : `${object}.${property}`
}

/** Types may refer to each other, as a step and its frame do; code that loads in a circle has no order to be read in. */
function cycleBreaches(modules: readonly Module[]): string[] {
  const graph = new Map(modules.map((module) => [module.path, module.loads]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path))
      found.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' > ')}`)
    if (done.has(path)) return
    done.add(path)
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

function orphanBreaches(modules: readonly Module[], entries: readonly string[]): string[] {
  const used = new Set(entries)
  for (const module of modules) {
    if (isTest(module.path)) continue
    walk(module.program, (node) => {
      // A program that another file starts is named by a relative path: `new URL('./worker.js', import.meta.url)`.
      const name = node.type === 'Literal' ? valueOf(node) : undefined
      if (name?.startsWith('.') === true && name.endsWith('.js')) used.add(resolve(module.path, name))
    })
  }
  return modules
    .filter(({ path }) => /^(packages|examples)\/[^/]+\/src\//.test(path) && !isTest(path) && !used.has(path))
    .map(({ path }) => `${path} is imported by nothing but tests: wire it in or remove it`)
}
