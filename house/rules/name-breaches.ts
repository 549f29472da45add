import type { SourceModule } from '../source-module.js'
import { nameOf, walk } from '../syntax.js'

const bannedPathWords = /(^|\/)(utils?|common|helpers?|misc|shared|types)(\/|\.ts$)/
const bannedTypeNames = /(Manager|Helper|Utils?|Impl)$|^I[A-Z][a-z]/

export function nameBreaches({ path, program }: SourceModule): string[] {
  const found: string[] = []
  const file = path.split('/').at(-1) ?? ''
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(engines?|deep|packed))?(\.(test|config|bench))?\.tsx?$/.test(file))
    found.push(`${path} is not named in kebab-case`)
  if (bannedPathWords.test(path)) found.push(`${path} is named after nothing: use a term of the field`)
  walk(program, (node) => {
    if (!/^(Class|TSInterface|TSTypeAlias)Declaration$/.test(node.type)) return
    const name = nameOf(node['id']) ?? ''
    if (bannedTypeNames.test(name)) found.push(`${path} declares ${name}: name the thing, not its role`)
  })
  return found
}
