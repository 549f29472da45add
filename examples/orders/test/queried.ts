/** The value of each series that an instant query has, by the label that is asked for. */
export async function queried(url: string, query: string, label: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`)
  const { data } = (await response.json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>
        readonly value: readonly [seconds: number, value: string]
      }[]
    }
  }
  return new Map(data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]))
}
