import type { DocumentPath, ManifestSource } from '../source/manifest-source.js'

/** Where a value came from: a place in the document, or the default of the format. */
export type Origin = { readonly kind: 'document'; readonly path: DocumentPath } | { readonly kind: 'default' }

export const DEFAULT_ORIGIN: Origin = { kind: 'default' }

/**
 * Writes an origin as people read it: `watertight.yaml:12` or `default`.
 */
export function formatOrigin(origin: Origin, source: ManifestSource): string {
  if (origin.kind === 'default') return 'default'
  const layer = source.layerOf(origin.path)
  const { line } = layer.position(layer.locate(origin.path).start)
  return `${layer.file}:${line}`
}
