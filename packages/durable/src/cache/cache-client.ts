/** What is needed of a client of Redis: `Redis` of `ioredis` has it. */
export interface CacheClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string, option: 'PXAT', expiresAt: number): Promise<unknown>
  info(section: string): Promise<string>
  quit(): Promise<unknown>
}
