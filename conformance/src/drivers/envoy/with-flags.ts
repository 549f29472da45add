import type { EnvoyConfiguration, Json } from '@watertight/deploy'

/** Where a caller of a scenario finds the flags that stand in the access log. */
export const FLAGS_HEADER = 'x-conformance-flags'

const FLAGS: Json = {
  header: { key: FLAGS_HEADER, value: '%RESPONSE_FLAGS%' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
}

const EVERY_ANSWER: Json = {
  status_code_filter: { comparison: { op: 'GE', value: { default_value: 0, runtime_key: 'any' } } },
}

/** The same configuration, whose answers tell by which flags they are logged: those of the callee, and Envoy's own. */
export function withFlags(configuration: EnvoyConfiguration): EnvoyConfiguration {
  const files = [...configuration.files].map(([name, file]): [string, Json] => {
    if (!/^(routes\/|listeners)/.test(name)) return [name, file]
    return [name, JSON.parse(JSON.stringify(file), revive) as Json]
  })
  return { ...configuration, files: new Map(files) }
}

function revive(key: string, value: unknown): unknown {
  // Whichever is free: scenarios run side by side.
  if (key === 'port_value') return 0
  if (key === 'virtual_hosts')
    return (value as Json[]).map((host) => ({ ...host, response_headers_to_add: [FLAGS] }))
  if (key === 'typed_config' && typeof value === 'object' && value !== null && 'rds' in value)
    return {
      ...value,
      local_reply_config: { mappers: [{ filter: EVERY_ANSWER, headers_to_add: [FLAGS] }] },
    }
  return value
}
