/** A version of TypeScript that the packages promise to compile with. */
export interface Compiler {
  /** The name under which it is installed, for npm installs one version of a name. */
  readonly alias: string
  readonly version: string
  /** Since 5.8, CommonJS may import what is written as modules. */
  readonly commonJs: boolean
  /** Whether an older one and a newer one of the same kind are in the list. */
  readonly isBetween?: boolean
}

export const compilers: readonly Compiler[] = [
  { alias: 'typescript-5-4', version: '5.4.5', commonJs: false },
  { alias: 'typescript-5-6', version: '5.6.3', commonJs: false, isBetween: true },
  { alias: 'typescript-5-8', version: '5.8.3', commonJs: true, isBetween: true },
  { alias: 'typescript-5-9', version: '5.9.3', commonJs: true, isBetween: true },
  { alias: 'typescript-6-0', version: '6.0.3', commonJs: true },
  { alias: 'typescript-7-0', version: '7.0.2', commonJs: true },
]
