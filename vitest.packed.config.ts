import { defineConfig } from 'vitest/config'

/** The packages as they are published: packed, installed elsewhere, compiled by every compiler that they promise. */
export default defineConfig({
  test: { include: ['house/packed/*.packed.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'] },
})
