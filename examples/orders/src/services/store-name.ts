/** The store of the document that the services share. */
export const STORE = 'shop'
