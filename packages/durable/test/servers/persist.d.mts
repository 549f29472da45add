export function persist<Result>(work: () => Promise<Result>): Promise<Result>
