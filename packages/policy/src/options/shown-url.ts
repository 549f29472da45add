const PASSWORD = /([?&](?:ssl|sentinel)?password=)[^&#]*/gi

/**
 * A URL as it may be shown, in a message or on a page: without the user and password that it may hold. Whoever sees it may not be
 * whoever may know them, and they end at the last `@`, since one that was not encoded may hold any sign.
 */
export function shownUrl(url: string): string {
  // A folder may have an @ in its name.
  if (/^pglite:(?!\/\/)/.test(url)) return url
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1***@').replace(PASSWORD, '$1***')
}
