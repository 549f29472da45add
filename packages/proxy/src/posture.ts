/** What a proxy stands for: the edge of the system, or one service in it. */
export type Posture = { readonly kind: 'gateway' } | { readonly kind: 'sidecar'; readonly service: string }
