import type { CallModel, ServiceModel, SystemModel } from '../model/system-model.js'

/**
 * Writes a TypeScript declaration file that tells `createClient` of `@watertight/http` who calls whom, so that a
 * misspelt service, callee, method or path does not compile. A callee that lists no operations takes any.
 *
 * @example
 * const { system } = readManifest('watertight: v1\nsystem: shop\nservices: { order: {} }\n', 'watertight.yaml')
 * if (system !== undefined) console.log(declarations(system.model)) // write it to watertight.d.ts
 */
export function declarations(model: SystemModel): string {
  return [
    `// Written by \`watertight types\` from the manifest of ${model.name}. Run it again when the manifest changes.`,
    "import '@watertight/http'",
    '',
    "declare module '@watertight/http' {",
    '  interface DeclaredCalls {',
    ...[...model.services.values()].flatMap(serviceLines),
    '  }',
    '}',
    '',
  ].join('\n')
}

function serviceLines({ name, document, calls }: ServiceModel): string[] {
  const head = [...description(document.description, '    ')]
  if (calls.length === 0) return [...head, `    ${property(name)}: {}`]
  return [...head, `    ${property(name)}: {`, ...calls.flatMap(callLines), '    }']
}

function callLines({ to, policy, operations }: CallModel): string[] {
  const head = policy.name === '' ? [] : [`      /** Policy \`${policy.name}\`. */`]
  const members = [...new Set([...operations.keys()].map(operationType))]
  if (members.length < 2) {
    return [...head, `      ${property(to)}: ${members[0] ?? '{ method: string; path: string }'}`]
  }
  return [...head, `      ${property(to)}:`, ...members.map((member) => `        | ${member}`)]
}

/** `POST /charges/:id/lines` as a type: what stands for any text in a path is `${string}`. */
function operationType(operation: string): string {
  const space = operation.indexOf(' ')
  const pieces = operation
    .slice(space + 1)
    .split('/')
    .map((segment) => (/^(:|\{.*\}$|\*$)/.test(segment) ? undefined : segment))
  const path = pieces.includes(undefined)
    ? `\`${pieces.map((piece) => (piece === undefined ? '${string}' : escapeTemplate(piece))).join('/')}\``
    : quote(pieces.join('/'))
  return `{ method: ${quote(operation.slice(0, space))}; path: ${path} }`
}

function escapeTemplate(text: string): string {
  return text.replace(/[\\`]|\$(?=\{)/g, '\\$&')
}

function property(name: string): string {
  return /^[a-z][a-z0-9]*$/.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`)}'`
}

function description(text: string | undefined, indent: string): string[] {
  // What is written in a manifest must not end the comment, nor the line.
  return text === undefined ? [] : [`${indent}/** ${text.replace(/\*\//g, '*\\/').replace(/\s+/g, ' ')} */`]
}
