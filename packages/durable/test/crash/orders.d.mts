import type { Store } from '../../src/store/store.js'

export function live(store: Store, service: string): Promise<void>
