/** SQL: when an event was published, by the clock of the database; of one that was published before that was kept, its own time. */
export const publishedAt: string = 'coalesce(published_at, occurred_at)'
