/** The formats that `import` reads. Apart from the readers, so that `--help` can name them without loading one. */
export const IMPORT_FORMATS = ['resilience4j', 'dapr', 'istio'] as const

export type ImportFormat = (typeof IMPORT_FORMATS)[number]
