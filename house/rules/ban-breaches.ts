import { isTest } from '../layers.js'
import type { SourceModule } from '../source-module.js'
import { freeName, lineAt, nameOf, valueOf, walk, type SyntaxNode } from '../syntax.js'

/** Where nothing of one machine or moment may be touched, so that every driver can run the same code. */
const pure = /^packages\/(policy|traffic)\//
/**
 * Where nothing may wait either: a proxy and a simulator drive this code by callbacks, and in virtual time; and on a
 * request's way through the proxy a promise would cost more than the policies.
 */
const promiseFree =
  /^packages\/(traffic|policy\/src\/engine|proxy\/src\/(http1|exchange|routes|upstream|access-log))\//
/** Where time and chance come from `http/src/runtime` alone, so that one virtual clock steers client and server. */
const timed = /^packages\/http\/src\/(?!runtime\/)/
/** The adapters behind the ports, one file a port: the only places where the bans do not hold. */
const adapters = ['packages/policy/src/clock/system-clock.ts', 'packages/policy/src/clock/random.ts']

/** What code under a ban may not touch, and what to use in its place. */
const timeAndChance: Readonly<Record<string, string>> = {
  Date: 'take `now` as an argument, or read the injected Clock',
  performance: 'take `now` as an argument, or read the injected Clock',
  setTimeout: 'ask the injected Clock for a timer',
  setInterval: 'ask the injected Clock for a timer',
  setImmediate: 'ask the injected Clock for a timer',
  'Math.random': 'draw from the injected Random',
  crypto: 'draw from the injected Random',
}
const pureBans: Readonly<Record<string, string>> = {
  ...timeAndChance,
  process: 'take what you need as an option',
}
const timedBans: Readonly<Record<string, string>> = {
  ...timeAndChance,
  systemClock: 'read the clock of the runtime that was handed down',
  systemRandom: 'draw from the runtime that was handed down',
  randomUUID: 'take an id from src/runtime/random.ts',
  randomBytes: 'draw from the runtime that was handed down',
}
const timeModules = /^node:(timers|perf_hooks)/
const waiting =
  /^(AwaitExpression|ForOfStatement|FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/

export function banBreaches(module: SourceModule): string[] {
  const { path } = module
  if (isTest(path) || adapters.includes(path)) return []
  if (timed.test(path)) return timedBreaches(module)
  return [
    ...(pure.test(path) ? pureBreaches(module) : []),
    ...(promiseFree.test(path) ? promiseBreaches(module) : []),
  ]
}

function pureBreaches(module: SourceModule): string[] {
  const found = module.names
    .filter((name) => name.startsWith('node:'))
    .map(
      (name) =>
        `${module.path} imports ${name}: pure code also runs in browsers, use a platform global or a port`,
    )
  return [...found, ...bannedNames(module, pureBans)]
}

function timedBreaches(module: SourceModule): string[] {
  const found = module.names
    .filter((name) => timeModules.test(name))
    .map((name) => `${module.path} imports ${name}: only src/runtime reads time and chance`)
  return [...found, ...bannedNames(module, timedBans)]
}

function bannedNames(
  { path, program, text }: SourceModule,
  bans: Readonly<Record<string, string>>,
): string[] {
  const found: string[] = []
  walk(program, (node, parent) => {
    if (isInType(parent)) return
    const name = node.type === 'MemberExpression' ? memberName(node) : freeName(node, parent)
    const instead = name !== undefined && Object.hasOwn(bans, name) ? bans[name] : undefined
    if (instead !== undefined) found.push(`${path}:${lineAt(text, node.start)} uses ${name}: ${instead}`)
  })
  return [...new Set(found)]
}

/** A type that mentions `Date` reads no clock. */
const isInType = (parent: SyntaxNode | undefined): boolean => parent?.type === 'TSTypeReference'

function promiseBreaches({ path, program, text }: SourceModule): string[] {
  const found: string[] = []
  walk(program, (node, parent) => {
    const name = freeName(node, parent)
    const waits =
      waiting.test(node.type) && (node['async'] ?? node['await'] ?? node.type === 'AwaitExpression')
    if (name !== 'Promise' && name !== 'queueMicrotask' && waits !== true) return
    found.push(
      `${path}:${lineAt(text, node.start)} makes a promise: answer at once, the driver is the one to wait`,
    )
  })
  return found
}

/** `Math.random`, and `setTimeout` for `globalThis.setTimeout`. */
function memberName(node: SyntaxNode): string | undefined {
  const object = nameOf(node['object'])
  const property = nameOf(node['property']) ?? valueOf(node['property'])
  return object === 'globalThis' ? property : `${object}.${property}`
}
