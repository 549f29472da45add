/** A text as YAML, which reads JSON's; plain where nothing in it means anything else. */
export function quoted(text: string): string {
  return /^[A-Za-z/][\w/.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)
}

/** A list of texts in one line. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`
}
