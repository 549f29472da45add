/** A URL without the password in it: whoever sees the page may not be whoever may know it. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@')
}
