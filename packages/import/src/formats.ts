import { systemWords } from '@watertight/manifest/words'

export type ImportFormat = 'resilience4j' | 'dapr' | 'gateway-api' | (typeof systemWords.mesh)[number]

/** The formats that are read. Apart from the readers, so that a command can name them without loading one. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  'resilience4j',
  'dapr',
  'gateway-api',
  ...systemWords.mesh,
]
