/** What is needed of a client of Redis: `Redis` of `ioredis` has it. */
export interface RedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  /** How many replicas have what this connection has written. */
  wait(replicas: number, timeoutMs: number): Promise<number>
  quit(): Promise<unknown>
}
