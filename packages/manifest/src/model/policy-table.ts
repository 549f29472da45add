import type { ManifestDocument } from '../document/manifest-document.js'
import type { PolicyDocument, PolicySections } from '../document/policy-document.js'
import { suggest } from '../reading/suggest.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import type { Mode } from '../words/mode-names.js'
import type { PolicyModel } from './policy-model.js'
import { resolvePolicy } from './resolve-policy.js'
import type { Layer } from './section-reader.js'

/** Sections of its own, and the name of a policy. */
export type PolicyUse = PolicySections & { readonly policy?: string }

/** What holds where a call or a route says nothing. */
export interface Otherwise {
  readonly policy: PolicyModel
  readonly layers: readonly Layer[]
  /** What a policy of its own is called, by the name of the one that it changes. */
  readonly nameOf: (policy: string) => string
}

const SECTION_KEYS = [
  'timeout',
  'retry',
  'breaker',
  'bulkhead',
  'adaptiveLimit',
  'ejection',
  'rateLimit',
  'hedge',
  'answers',
  'balance',
  'hashOn',
  'warmUp',
  'mode',
] as const satisfies readonly (keyof PolicySections)[]

/** Whether it says anything of a policy itself. */
export function setsSections(own: PolicySections): boolean {
  return SECTION_KEYS.some((key) => own[key] !== undefined)
}

/** The named policies, with `extends` followed, and what is wrong with following it. */
export class PolicyTable {
  readonly problems: Problem[] = []
  readonly policies: Map<string, PolicyModel> = new Map()
  readonly #layers = new Map<string, readonly Layer[]>()
  readonly #documents: ReadonlyMap<string, PolicyDocument>
  readonly #mode: Mode

  constructor(document: ManifestDocument) {
    this.#mode = document.mode ?? 'enforce'
    this.#documents = new Map(Object.entries(document.policies ?? {}))
    for (const name of this.#documents.keys()) this.#follow(name)
    for (const [name, layers] of this.#layers) {
      this.policies.set(name, resolvePolicy(name, ['policies', name], layers, this.#mode))
    }
  }

  get names(): string[] {
    return [...this.#documents.keys()]
  }

  layers(name: string): readonly Layer[] {
    return this.#layers.get(name) ?? []
  }

  /**
   * The policy of a call or a route: what it says itself, then the one that it names, then what holds for all.
   * Those that override nothing share the resolved policy, which keeps thousands of calls cheap.
   */
  policyOf(path: DocumentPath, own: PolicyUse, otherwise: Otherwise): PolicyModel {
    const named = own.policy === undefined ? undefined : this.policies.get(own.policy)
    const overrides = setsSections(own)
    const { layers } = otherwise
    if (!overrides && named === undefined) return otherwise.policy
    if (!overrides && named !== undefined && layers.length === 0) return named
    const all = [{ path, sections: own }, ...this.layers(own.policy ?? ''), ...layers]
    const resolved = resolvePolicy(otherwise.nameOf(own.policy ?? ''), path, all, this.#mode)
    return { ...resolved, instance: named?.instance ?? 'per-callee' }
  }

  // Walks the chain with a loop rather than by recursion: a chain may be as long as the document.
  #follow(start: string): void {
    const chain: string[] = []
    const seen = new Set<string>()
    let name: string | undefined = start
    let known: readonly Layer[] = []
    while (name !== undefined) {
      const done = this.#layers.get(name)
      if (done !== undefined) {
        known = done
        break
      }
      if (seen.has(name)) {
        this.#reportCycle(chain, name)
        break
      }
      seen.add(name)
      chain.push(name)
      name = this.#parent(name)
    }
    for (const link of chain.toReversed()) {
      const own: Layer = { path: ['policies', link], sections: this.#documents.get(link) ?? {} }
      if (known.length >= EXTENDS_DEPTH_MAX) this.#reportDepth(link)
      known = [own, ...known.slice(0, EXTENDS_DEPTH_MAX - 1)]
      this.#layers.set(link, known)
    }
  }

  #parent(name: string): string | undefined {
    const parent = this.#documents.get(name)?.extends
    if (parent === undefined || this.#documents.has(parent)) return parent
    this.problems.push({
      code: 'WT-DOC-UNKNOWN-REFERENCE',
      path: ['policies', name, 'extends'],
      part: 'value',
      message: `there is no policy ${parent}`,
      hint: suggest(parent, this.names),
    })
    return undefined
  }

  #reportCycle(chain: readonly string[], name: string): void {
    const cycle = [...chain.slice(chain.indexOf(name)), name]
    const shown = cycle.length > 8 ? [...cycle.slice(0, 7), '...', name] : cycle
    this.problems.push({
      code: 'WT-DOC-EXTENDS-CYCLE',
      path: ['policies', name, 'extends'],
      part: 'value',
      message: `cannot resolve policy ${name}: it must not extend itself, got ${shown.join(' > ')}`,
      hint: 'remove one extends of the circle',
    })
  }

  #reportDepth(name: string): void {
    this.problems.push({
      code: 'WT-DOC-EXTENDS-CYCLE',
      path: ['policies', name, 'extends'],
      part: 'value',
      message: `cannot resolve policy ${name}: its chain of extends must be at most ${EXTENDS_DEPTH_MAX} long`,
      hint: 'extend a policy that is nearer to the root',
    })
  }
}

const EXTENDS_DEPTH_MAX = 32
