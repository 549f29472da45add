export function rounded(ms: number): string {
  return `${Math.round(ms)} ms`
}

export function quoted(text: string | undefined): string {
  if (text === undefined) return 'none'
  return text.length > 40 ? `'${text.slice(0, 40)}...' of ${text.length} bytes` : `'${text}'`
}
