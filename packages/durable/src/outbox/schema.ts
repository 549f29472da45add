/** Whatever turns unknown data into data of a shape, or throws: a schema of zod, or a function of your own in `parse`. */
export interface Schema<Data> {
  parse(input: unknown): Data
}
