export const CHECK_FORMATS = ['human', 'json', 'sarif', 'github'] as const

export interface CheckOptions {
  readonly format: (typeof CHECK_FORMATS)[number]
  readonly json?: boolean
  readonly strict?: boolean
  readonly score?: boolean
  readonly watch?: boolean
  readonly profile?: string
}
