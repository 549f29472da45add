import { type Document, isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'

/** Why a profile cannot be used, without saying which. */
class ProfileShapeError extends Error {
  override readonly name = 'ProfileShapeError'
}

/**
 * The document with what a profile says instead: maps are merged key by key, anything else takes the place of what stands there,
 * and `null` takes a key away. Comments and order of the document stay.
 *
 * @throws {ProfileShapeError} when the profile is not a map of YAML
 */
export function mergeProfile(text: string, profile: string): string {
  const changes = parseDocument(profile)
  const [wrong] = changes.errors
  if (wrong !== undefined)
    throw new ProfileShapeError(wrong.message.split('\n', 1)[0]?.replace(/:$/, '') ?? '')
  const document = parseDocument(text)
  // What is wrong with the document itself is told by whoever reads it.
  if (document.errors.length > 0 || !isMap(document.contents)) return text
  if (changes.contents === null) return text
  if (!isMap(changes.contents)) throw new ProfileShapeError('it must be a map, as the document is')
  mergeInto(document.contents, changes.contents, document)
  return document.toString({ lineWidth: 0 })
}

function mergeInto(target: YAMLMap, changes: YAMLMap, document: Document): void {
  for (const { key, value } of changes.items) {
    const name = isScalar(key) ? key.value : key
    const present = target.get(name, true)
    if (value === null || (isScalar(value) && value.value === null)) target.delete(name)
    else if (isMap(value) && isMap(present)) mergeInto(present, value, document)
    else target.set(document.createNode(name), value)
  }
}
