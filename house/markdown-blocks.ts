/** A fenced block of a Markdown file. */
export interface MarkdownBlock {
  /** `ts`, `sh`; empty where none is said. */
  readonly language: string
  /** What follows the language: `no-run`. */
  readonly flags: string
  /** The file that it stands for, named in a comment above it: `<!-- order.js -->`. */
  readonly file: string | undefined
  readonly code: string
  /** The line of its first line of code. */
  readonly line: number
}

const FENCE = /(?:^<!-- ([\w.-]+) -->\n\n)?^```(\w*)[ ]?([^\n]*)\n([^]*?)^```$/gm

export function markdownBlocks(text: string): MarkdownBlock[] {
  return [...text.matchAll(FENCE)].map((match) => {
    const [whole, file, language = '', flags = '', code = ''] = match
    const opening = match.index + whole.indexOf('```')
    return { language, flags, file, code, line: text.slice(0, opening).split('\n').length + 1 }
  })
}

/** The text between the blocks, with as many lines as before. */
export function withoutBlocks(text: string): string {
  return text.replace(FENCE, (block) => '\n'.repeat(block.split('\n').length - 1))
}
