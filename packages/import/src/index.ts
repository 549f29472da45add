export { type Conversion, convert, type ConvertOptions } from './convert.js'
export { IMPORT_FORMATS, type ImportFormat } from './formats.js'
export { ImportError } from './import-error.js'
export type { Unsupported } from './settings/ledger.js'
