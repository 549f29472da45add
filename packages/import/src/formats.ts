/** The formats that are read. Apart from the readers, so that a command can name them without loading one. */
export const IMPORT_FORMATS = ['resilience4j', 'dapr', 'istio', 'gateway-api', 'linkerd', 'envoy'] as const

export type ImportFormat = (typeof IMPORT_FORMATS)[number]
