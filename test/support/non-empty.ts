/** The list, which has something in it: for assertions in a loop, of which an empty list would make none. @throws Error */
export function nonEmpty<T>(list: Iterable<T>): readonly T[] {
  const all = [...list];
  if (all.length === 0) throw new Error('the list is empty, so nothing would be asserted about it');
  return all;
}
