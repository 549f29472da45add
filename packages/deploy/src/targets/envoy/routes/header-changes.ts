import type { HeaderChanges, RouteModel } from '@watertight/manifest'
import type { Json } from '../json.js'

/** Changes of headers on the way there and back. Envoy removes first, then sets and adds, as the document has it. */
export function headerChanges({ request, response }: RouteModel['headers']): Json {
  return { ...changes('request', request), ...changes('response', response) }
}

function changes(side: 'request' | 'response', given: HeaderChanges): Json {
  // Envoy refuses a change of the host here, and with it the whole file.
  const set = given.set.filter(([name]) => name !== 'host')
  const add = given.add.filter(([name]) => name !== 'host')
  const remove = given.remove.filter((name) => name !== 'host')
  const values = [
    ...set.map(([name, value]) => header(name, value, 'OVERWRITE_IF_EXISTS_OR_ADD')),
    ...add.map(([name, value]) => header(name, value, 'APPEND_IF_EXISTS_OR_ADD')),
  ]
  return {
    ...(values.length === 0 ? {} : { [`${side}_headers_to_add`]: values }),
    ...(remove.length === 0 ? {} : { [`${side}_headers_to_remove`]: remove }),
  }
}

export function header(name: string, value: string, action: string): Json {
  // A per cent sign begins what Envoy puts in itself.
  return {
    header: { key: name, value: value.replace(/%/g, '%%') },
    append_action: action,
    keep_empty_value: true,
  }
}
