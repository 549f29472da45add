/** A URL as it may be shown: without the user and password that it may hold. */
export const shownUrl = (url: string): string => url.replace(/\/\/[^@/]*@/, '//***@')
