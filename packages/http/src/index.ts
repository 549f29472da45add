export * from './client/index.js'
export * from './server/index.js'
// By name, or a declaration file that `watertight types` writes could not add to it.
export type { DeclaredCalls } from './client/declared-calls.js'
